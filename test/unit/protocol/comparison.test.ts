import { expect, test } from 'vitest';
import { checkCompared } from '../../../src/protocol/comparison';

test.each([2, 8])('%i runs can be compared', (count) => {
  expect(() => checkCompared(count)).not.toThrow();
});

test.each([
  [0, 'too-few-runs', 'A comparison needs at least two runs.'],
  [1, 'too-few-runs', 'A comparison needs at least two runs.'],
  [9, 'too-many-runs', '9 runs are chosen, and at most 8 can be compared.'],
])('%i runs cannot: %s', (count, code, message) => {
  expect(() => checkCompared(count)).toThrow(expect.objectContaining({ code, message }));
});
