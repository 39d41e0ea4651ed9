/** What one more bit gains on a Gaussian source at best: 20·log₁₀ 2, in dB. */
export const DECIBELS_A_BIT = 20 * Math.log10(2);

/** A measured place of a method: its true bits a weight, and its signal-to-noise ratio in dB. */
export interface Place {
  readonly bits: number;
  readonly snrDb: number;
}

/** A value on the curve of a method. `measured`: at a mark, or on the straight line between two. */
export interface Reading {
  readonly value: number;
  /** `beyond`: up to half a bit past the last mark, along 6.02 dB a bit. */
  readonly kind: 'measured' | 'beyond';
}

/** Bits past the last mark up to which a curve is carried on. */
const REACH = 0.5;

/**
 * Shannon's limit: the signal-to-noise ratio, in dB, that no code exceeds at so many bits a weight where
 * the weights are independent and Gaussian.
 */
export function shannonLimit(bits: number): number {
  return DECIBELS_A_BIT * bits;
}

/**
 * The signal-to-noise ratio of a method at so many true bits; `undefined` more than half a bit away from
 * its marks.
 */
export function snrAt(places: readonly Place[], bits: number): Reading | undefined {
  return read(places, bits, 'bits', 'snrDb', DECIBELS_A_BIT, REACH);
}

/** The true bits that a method needs for a signal-to-noise ratio; the inverse of {@link snrAt}. */
export function bitsFor(places: readonly Place[], snrDb: number): Reading | undefined {
  return read(places, snrDb, 'snrDb', 'bits', 1 / DECIBELS_A_BIT, REACH * DECIBELS_A_BIT);
}

function read(
  places: readonly Place[],
  at: number,
  from: keyof Place,
  to: keyof Place,
  slope: number,
  reach: number,
): Reading | undefined {
  const sorted = [...places].sort((a, b) => a[from] - b[from]);
  const next = sorted.findIndex((place) => place[from] >= at);
  const right = sorted[next];
  const left = next < 0 ? sorted.at(-1) : sorted[next - 1];
  if (right && (right[from] === at || left)) {
    const span = left ? right[from] - left[from] : 0;
    const share = span > 0 ? (right[from] - at) / span : 0;
    return { value: right[to] - share * (right[to] - (left ?? right)[to]), kind: 'measured' };
  }
  const end = left ?? right;
  if (!end || Math.abs(at - end[from]) > reach) return undefined;
  return { value: end[to] + slope * (at - end[from]), kind: 'beyond' };
}
