/**
 * Chooses the samples of a long series that have to be drawn: in each of `columns` equal columns of
 * [xMin, xMax] the first, the smallest, the largest and the last finite sample, and the first one that is
 * not finite, so that the drawn line covers exactly the pixels of the whole one and shows its gaps. One
 * sample on either side of the range is kept, for the line to reach the edges of the plot.
 *
 * @param xs non-decreasing
 * @returns indices in rising order, at most 5·columns + 2 of them
 */
export function decimate(
  xs: Float64Array,
  ys: Float64Array,
  xMin: number,
  xMax: number,
  columns: number,
): number[] {
  const from = Math.max(0, lowerBound(xs, xMin) - 1);
  const to = Math.min(xs.length, upperBound(xs, xMax) + 1);
  if (to - from <= 2 * columns) return Array.from({ length: to - from }, (_, i) => from + i);

  const kept: number[] = [];
  const width = (xMax - xMin) / columns || 1;
  let bucket = emptyBucket();
  let column = -2;
  for (let i = from; i < to; i++) {
    const x = xs[i]!;
    // The samples beside the range have columns of their own.
    const here = x < xMin ? -1 : x > xMax ? columns : Math.min(columns - 1, Math.floor((x - xMin) / width));
    if (here !== column) {
      flush(bucket, kept);
      bucket = emptyBucket();
      column = here;
    }
    const y = ys[i]!;
    if (!Number.isFinite(y)) {
      if (bucket.gap < 0) bucket.gap = i;
      continue;
    }
    if (bucket.first < 0) bucket.first = bucket.smallest = bucket.largest = i;
    if (y < ys[bucket.smallest]!) bucket.smallest = i;
    if (y > ys[bucket.largest]!) bucket.largest = i;
    bucket.last = i;
  }
  flush(bucket, kept);
  return kept;
}

interface Bucket {
  first: number;
  smallest: number;
  largest: number;
  last: number;
  gap: number;
}

function emptyBucket(): Bucket {
  return { first: -1, smallest: -1, largest: -1, last: -1, gap: -1 };
}

function flush(bucket: Bucket, kept: number[]): void {
  const { first, smallest, largest, last, gap } = bucket;
  const indices = [first, smallest, largest, last, gap].sort((a, b) => a - b);
  let previous = -1;
  for (const index of indices) {
    if (index > previous) kept.push((previous = index));
  }
}

/** Index of the first element of the non-decreasing `xs` that is ≥ x. */
export function lowerBound(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first element of the non-decreasing `xs` that is > x. */
export function upperBound(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
