import type { ExtremaPyramid } from './extremaPyramid';

/**
 * Chooses the samples of a long series that have to be drawn: in each of `columns` equal columns of
 * [xMin, xMax] the first, the smallest, the largest and the last sample that can be drawn, and the first one
 * that cannot, so that the drawn line covers exactly the pixels of the whole one and shows its gaps. One
 * sample on either side of the range is kept, for the line to reach the edges of the plot. It costs
 * O(columns · log length), whatever part is in sight.
 *
 * @param xs non-decreasing
 * @param pyramid over values as many as `xs`, or more
 * @returns indices in rising order, at most 5·columns + 2 of them
 */
export function decimate(
  xs: Float64Array,
  pyramid: ExtremaPyramid,
  xMin: number,
  xMax: number,
  columns: number,
): number[] {
  const first = lowerBound(xs, xMin);
  const end = upperBound(xs, xMax);
  const from = Math.max(0, first - 1);
  const to = Math.min(xs.length, end + 1);
  if (to - from <= 2 * columns) return Array.from({ length: to - from }, (_, i) => from + i);

  const kept: number[] = [];
  if (from < first) kept.push(from);
  const width = (xMax - xMin) / columns;
  let start = first;
  for (let column = 1; column <= columns; column++) {
    const stop = column === columns ? end : lowerBound(xs, xMin + column * width, start, end);
    if (stop > start) kept.push(...pyramid.places(start, stop));
    start = stop;
  }
  if (to > end) kept.push(end);
  return kept;
}

/** Index of the first element of the non-decreasing `xs`, from `low` to before `high`, that is ≥ x; else `high`. */
export function lowerBound(xs: Float64Array, x: number, low = 0, high = xs.length): number {
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
