import { FREQUENCY_TOTAL } from './frequencyTable';

/** Bits of a symbol after an escape. */
export const ESCAPED_BITS = 16;

/** Frequency of escapes: their share, at least 1 and at most a quarter of all. */
export function escapeFrequency(escaped: number, total: number): number {
  if (escaped === 0) return 0;
  return Math.min(Math.max(1, Math.round((FREQUENCY_TOTAL * escaped) / total)), FREQUENCY_TOTAL / 4);
}
