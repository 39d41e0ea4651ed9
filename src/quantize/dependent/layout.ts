import type { Range } from '../groups';
import { elementCount, rowLength } from '../matrixShape';

/** Weights that a chunk aims at: its table, lengths and states then take 0.001 bits a weight. */
const CHUNK = 2 ** 18;
/** What chunks may be, but for the last one of a tensor. */
export const CHUNK_LIMITS = { min: 16384, max: 393216 } as const;
/** Chunks of so many weights or more are four streams. */
const SHORTEST_OF_FOUR = 16384;

/** How a tensor is read: rows of `columns` weights, the last perhaps shorter, in chunks of `chunk` weights. */
export interface Layout {
  readonly size: number;
  readonly columns: number;
  readonly chunk: number;
}

/** Rows are at least so long: each may have a step and a class of its own in the file. */
const SHORTEST_ROW = 256;

/** The layout of a tensor: the rows of its matrix, several as one where they are short. */
export function tensorLayout(shape: readonly number[]): Layout {
  const size = elementCount(shape);
  const columns = rowLength(shape);
  return layoutOf(size, Math.min(size, columns * Math.ceil(SHORTEST_ROW / columns)));
}

/**
 * The layout of a matrix: chunks of whole rows, near 2¹⁸ weights; where rows are longer than 393 216, chunks
 * go on from row to row.
 */
export function layoutOf(size: number, columns: number): Layout {
  const chunk = columns > CHUNK_LIMITS.max ? CHUNK : columns * Math.max(1, Math.round(CHUNK / columns));
  return { size, columns, chunk };
}

export function rowCount({ size, columns }: Layout): number {
  return Math.ceil(size / columns);
}

/** The weights of each chunk. */
export function chunkRanges({ size, chunk }: Layout): readonly Range[] {
  return Array.from({ length: Math.ceil(size / chunk) }, (_, i) => ({
    start: i * chunk,
    end: Math.min(size, (i + 1) * chunk),
  }));
}

/**
 * The streams of a chunk of `length` weights, each with a trellis of its own: four from 16 384 weights on,
 * of which three have ⌊length / 4⌋ weights; else one.
 */
export function streamRanges(length: number): readonly Range[] {
  if (length < SHORTEST_OF_FOUR) return [{ start: 0, end: length }];
  const quarter = Math.floor(length / 4);
  return [0, 1, 2, 3].map((i) => ({ start: i * quarter, end: i === 3 ? length : (i + 1) * quarter }));
}

/** All streams of a tensor, one after another. */
export function allStreams(layout: Layout): readonly Range[] {
  return chunkRanges(layout).flatMap((chunk) =>
    streamRanges(chunk.end - chunk.start).map(({ start, end }) => ({
      start: chunk.start + start,
      end: chunk.start + end,
    })),
  );
}

/** A stretch of weights within one row. */
export interface RowPiece extends Range {
  readonly row: number;
  /** Column of its first weight. */
  readonly column: number;
}

/** A range of weights, cut where rows end. */
export function* rowPieces({ columns }: Pick<Layout, 'columns'>, { start, end }: Range): Generator<RowPiece> {
  for (let from = start; from < end;) {
    const row = Math.floor(from / columns);
    const to = Math.min(end, (row + 1) * columns);
    yield { row, column: from - row * columns, start: from, end: to };
    from = to;
  }
}
