import { rowCount, rowPieces, type Layout } from './layout';

/** What the search of a matrix needs to know of its weights. */
export interface RowSizes {
  /** Root mean square of each row. */
  readonly rms: Float64Array;
  /** Largest magnitude of all. */
  readonly peak: number;
}

export function measureRows(weights: Float32Array, layout: Layout): RowSizes {
  const rows = rowCount(layout);
  const rms = new Float64Array(rows);
  let low = 0;
  let high = 0;
  for (const { row, start, end } of rowPieces(layout, { start: 0, end: layout.size })) {
    // Two sums side by side: each addition waits for the one before.
    let even = 0;
    let odd = 0;
    const pairs = end - ((end - start) & 1);
    for (let i = start; i < pairs; i += 2) {
      const a = weights[i]!;
      const b = weights[i + 1]!;
      even += a * a;
      odd += b * b;
      if (a < low) low = a;
      if (b < low) low = b;
      if (a > high) high = a;
      if (b > high) high = b;
    }
    if (pairs < end) {
      const last = weights[pairs]!;
      even += last * last;
      low = Math.min(low, last);
      high = Math.max(high, last);
    }
    rms[row] = Math.sqrt((even + odd) / (end - start));
  }
  return { rms, peak: Math.max(-low, high) };
}
