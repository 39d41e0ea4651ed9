import { expect } from 'vitest';

/**
 * Float32 sums of some thousand terms in different orders differ by a few units in the last place of
 * their largest partial sum; a wrong term differs by far more.
 */
const TOLERANCE = 2e-5;

/** Expects two lists of numbers to agree to `TOLERANCE` times the largest of them, or of 1. */
export function expectClose(actual: readonly number[], expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst / scale, what).toBeLessThan(TOLERANCE);
}
