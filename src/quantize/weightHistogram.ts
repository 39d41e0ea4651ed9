import type { Histogram } from '../protocol/events';

/** Bins, over ±4 root mean squares; what lies beyond is counted in the outer ones. */
const BINS = 160;
const REACH = 4;
/** More levels than these are a grid that nobody could tell from a line. */
const MOST_LEVELS = 16;

/**
 * The weights of a tensor in units of their root mean square, with the levels that they were coded by.
 * `undefined` where all are zero.
 */
export function weightHistogram(values: Float32Array, levels: readonly number[] = []): Histogram | undefined {
  const { length } = values;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += values[i]! * values[i]!;
  if (squares === 0) return undefined;
  const unit = Math.sqrt(squares / length);
  const counts = new Array<number>(BINS).fill(0);
  const binsAUnit = BINS / (2 * REACH) / unit;
  for (let i = 0; i < length; i++) {
    const bin = Math.floor(values[i]! * binsAUnit + BINS / 2);
    counts[bin < 0 ? 0 : bin < BINS ? bin : BINS - 1]!++;
  }
  return {
    start: -REACH,
    width: (2 * REACH) / BINS,
    counts,
    centroids: levels.length > MOST_LEVELS ? [] : levels.map((level) => level / unit),
  };
}
