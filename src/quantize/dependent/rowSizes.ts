import { rowCount, rowPieces, type Layout } from './layout';

/** What the steps of a matrix depend on. */
export interface RowSizes {
  /** Root mean square of each row. */
  readonly rms: Float64Array;
  /** Largest magnitude of each row. */
  readonly peaks: Float64Array;
}

export function measureRows(weights: Float32Array, layout: Layout): RowSizes {
  const rows = rowCount(layout);
  const rms = new Float64Array(rows);
  const peaks = new Float64Array(rows);
  for (const { row, start, end } of rowPieces(layout, { start: 0, end: layout.size })) {
    let squares = 0;
    let peak = 0;
    for (let i = start; i < end; i++) {
      const weight = weights[i]!;
      squares += weight * weight;
      const magnitude = weight < 0 ? -weight : weight;
      if (magnitude > peak) peak = magnitude;
    }
    rms[row] = Math.sqrt(squares / (end - start));
    peaks[row] = peak;
  }
  return { rms, peaks };
}
