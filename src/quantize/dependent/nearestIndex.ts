/** Quotients by 4 lie in −8192 … 8191: indices then fit 16 bits. */
const QUOTIENT = 8191;

/** The integer nearest to `target`, a float32, of those that are `coset` modulo 4; at most 16 bits. */
export function nearestIndex(target: number, coset: number): number {
  const quotient = Math.floor(Math.fround(Math.fround(Math.fround(target - coset) * 0.25) + 0.5));
  return coset + 4 * Math.min(Math.max(quotient, -QUOTIENT - 1), QUOTIENT);
}
