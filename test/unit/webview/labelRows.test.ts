import { expect, test } from 'vitest';
import { LabelRows } from '../../../webview/ui/labelRows';

test('labels that would cover one another stand in rows of their own', () => {
  const rows = new LabelRows();
  expect(rows.take(0, 50)).toBe(0);
  expect(rows.take(40, 90)).toBe(1);
  expect(rows.take(45, 95)).toBe(2);
  expect(rows.take(50, 80)).toBe(0);
  expect(rows.take(90, 120)).toBe(0);
});
