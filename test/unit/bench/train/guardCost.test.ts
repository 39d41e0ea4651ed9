import { expect, it } from 'vitest';
import { guardCost, totalOf } from '../../../../bench/train/guardCost';

it('is what guards took since the beginning, beside steps without them', () => {
  const before = { recordings: 40, shadowCheck: 10, audits: 6 };
  const after = { ...before, audits: 16 };
  // 100 steps of 2 ms and audits of 10 ms; a run of 1000 such steps takes 2000 ms, and the check repeats one.
  const cost = guardCost({ steps: 100, milliseconds: 210, before, after }, 1000);
  expect(cost).toEqual({ recordings: 0.02, shadowCheck: 0.006, audits: 0.008 });
  expect(totalOf(cost)).toBeCloseTo(0.034, 12);
});
