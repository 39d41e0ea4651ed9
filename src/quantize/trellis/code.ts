/**
 * A split-shift trellis: a code of K bits a weight for numbers of variance 1.
 *
 * One bit a weight enters a window w of the last L bits, w ← (2w + bit) mod 2^L; the other K − 1 bits u
 * choose one of U = 2^(K−1) buckets. The weight is values[u][w] / scale. The table is symmetric,
 * values[U − 1 − u][2^L − 1 − w] = −values[u][w], and bucket u holds values of about the u-th of U equally
 * likely parts of the normal distribution.
 */
export interface TrellisCode {
  /** K, bits a weight. */
  readonly bits: number;
  /** L, bits of the window. */
  readonly windowBits: number;
  /** U. */
  readonly buckets: number;
  /** 2^(L − 1) states: all bits of the window but the one to come. */
  readonly states: number;
  /** Whole numbers a standard deviation. */
  readonly scale: number;
  /** `[buckets, 2 · states]`. */
  readonly values: Int16Array;
}

/** Whole numbers a standard deviation that the shipped tables of K bits count in. */
export const SCALES: Readonly<Record<number, number>> = { 2: 50, 3: 60, 4: 64 };

export function createTrellisCode({
  bits,
  windowBits,
  scale,
  values,
}: Pick<TrellisCode, 'bits' | 'windowBits' | 'scale' | 'values'>): TrellisCode {
  return { bits, windowBits, buckets: 2 ** (bits - 1), states: 2 ** (windowBits - 1), scale, values };
}

/** The numbers that the entries stand for: float32(value / scale). */
export function numberTable({ values, scale }: TrellisCode): Float32Array {
  return Float32Array.from(values, (value) => value / scale);
}
