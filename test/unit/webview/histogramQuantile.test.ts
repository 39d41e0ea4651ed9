import { expect, test } from 'vitest';
import { histogramQuantile } from '../../../webview/ui/histogramQuantile';

test('a quantile lies within its bin as far as its share says', () => {
  const bins = { start: -1, width: 0.5, counts: [0, 10, 30, 0] };
  expect(histogramQuantile(bins, 0)).toBe(-0.5);
  expect(histogramQuantile(bins, 0.125)).toBe(-0.25);
  expect(histogramQuantile(bins, 0.25)).toBe(0);
  expect(histogramQuantile(bins, 0.625)).toBe(0.25);
  expect(histogramQuantile(bins, 1)).toBe(0.5);
  expect(histogramQuantile({ ...bins, counts: [0, 0] }, 0.5)).toBeNaN();
});
