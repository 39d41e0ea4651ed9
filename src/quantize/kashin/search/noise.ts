import { Random } from '../../../math/random';

/** Entries of the noise table, and how far apart the entries of neighbouring coordinates are. */
export const NOISE_LENGTH = 16384;
export const NOISE_STRIDE = 8 * 37;
/** What the table counts in: sixteenths of a logistic number's scale. */
const FRACTION = 16;
const SEED = 1;

/** Logistic random numbers ln(p / (1 − p)) in sixteenths, clipped to 8 bits; the same in every search. */
export function logisticNoise(): Int8Array {
  const random = new Random(SEED);
  return Int8Array.from({ length: NOISE_LENGTH }, () => {
    const p = random.uniform() + 2 ** -54;
    return Math.max(-127, Math.min(127, Math.floor(FRACTION * Math.log(p / (1 - p)) + 0.5)));
  });
}

/** Where the noise of the next draw begins, from the state of a linear congruential generator modulo 2³². */
export function nextNoise(state: number): { readonly state: number; readonly offset: number } {
  const next = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return { state: next, offset: (next >>> 10) & (NOISE_LENGTH - 1) & ~7 };
}

/** (factor · entry) >> shift is logistic noise of the scale `scale`; the factor has 8 bits. */
export function noiseFactor(scale: number): readonly [factor: number, shift: number] {
  if (scale <= 0) return [0, 0];
  const exponent = Math.floor(Math.log2(scale));
  const shift = Math.min(7 - exponent, 11);
  return [Math.min(Math.floor(scale * 2 ** shift + 0.5), 255), shift + Math.log2(FRACTION)];
}
