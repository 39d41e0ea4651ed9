/** 2^(0/4), 2^(1/4), 2^(2/4), 2^(3/4) as float32. */
const QUARTERS = [1, 1.1892070770263672, 1.4142135381698608, 1.6817928552627563] as const;

/** The smallest step that a file may hold: the smallest float32 of full precision. */
export const SMALLEST_STEP = 2 ** -126;

/**
 * The step of a row, a float32: `step` times 2^(`quarters` / 4), that is
 * float32(float32(step · q) · 2^⌊quarters / 4⌋) with q = 2^((quarters mod 4) / 4) rounded to float32.
 */
export function rowStep(step: number, quarters: number): number {
  return Math.fround(Math.fround(step * QUARTERS[(quarters & 3) as 0 | 1 | 2 | 3]) * 2 ** (quarters >> 2));
}

/** So many quarter octaves are told apart at most: 6 bits. */
const MOST_QUARTERS = 64;

/** Sizes in whole quarter octaves. */
export interface QuarterOctaves {
  /** What 0 quarters stand for. */
  readonly unit: number;
  readonly quarters: Uint8Array;
}

/**
 * Sizes in whole quarter octaves, rounded, where `middle` is a whole number of them. The smallest is 0;
 * sizes more than 15¾ octaves below the largest, zeros among them, count as if they were so large.
 */
export function quarterOctaves(sizes: Float64Array, middle: number): QuarterOctaves {
  const octaves = Float64Array.from(sizes, (size) => Math.round(4 * Math.log2(size / middle)));
  const largest = octaves.reduce((most, q) => Math.max(most, q), -Infinity);
  if (!Number.isFinite(largest)) return { unit: middle, quarters: new Uint8Array(sizes.length) };
  const limited = octaves.map((q) => Math.max(q, largest - MOST_QUARTERS + 1));
  const least = limited.reduce((smallest, q) => Math.min(smallest, q), Infinity);
  return { unit: middle * 2 ** (least / 4), quarters: Uint8Array.from(limited, (q) => q - least) };
}
