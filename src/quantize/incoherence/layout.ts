import type { Range } from '../groups';
import type { Sides } from './spreading';

/** Weights that a chunk has at most. */
const CHUNK = 65536;

/** Consecutive weights that are coded as one matrix. */
export interface ChunkMatrix extends Range, Sides {}

/**
 * The chunks of a matrix of `size` weights in rows of `columns`: as many whole rows as come to at most 65 536
 * weights, rounded down to a power of two, which is transformed fastest. Longer rows are cut into equal
 * parts, the last perhaps shorter, and each part is a matrix of one row. The last chunk has the rows that
 * are left.
 */
export function chunkMatrices(size: number, columns: number): readonly ChunkMatrix[] {
  const chunks: ChunkMatrix[] = [];
  if (columns > CHUNK) {
    const part = Math.ceil(columns / Math.ceil(columns / CHUNK));
    for (let row = 0; row < size; row += columns) {
      for (let start = row; start < row + columns; start += part) {
        const end = Math.min(start + part, row + columns);
        chunks.push({ start, end, rows: 1, columns: end - start });
      }
    }
  } else {
    const rows = 2 ** Math.floor(Math.log2(CHUNK / columns));
    for (let start = 0; start < size; start += rows * columns) {
      const end = Math.min(start + rows * columns, size);
      chunks.push({ start, end, rows: (end - start) / columns, columns });
    }
  }
  return chunks;
}
