import { bitWidth } from './bitStream';
import { bestPartitions, type Partition } from './classPartition';
import { classOf, levelCount, type Classes, type EntropyModel } from './entropyModel';
import { chooseTable } from './frequencies';
import { rowCount, rowPieces, type Layout } from './layout';
import { quarterOctaves } from './rowSteps';
import { SymbolCounts } from './symbolCounts';

export interface ChosenModel {
  readonly model: EntropyModel;
  /** Bits of all weights by their frequencies. */
  readonly weightBits: number;
}

/** The choice between ways to class weights is made on about so many. */
const SAMPLE = 2 ** 18;

/** A way to class weights: by levels of rows, of columns, of both, or not at all. */
type Levels = Pick<EntropyModel, 'rowLevels' | 'columnLevels'>;

/**
 * Chooses classes and frequencies for the integers of a tensor such that the file becomes smallest: one
 * class, or up to 16 by the root mean square of the integers in rows, in columns, or in both, in quarter
 * octaves. Everything that a choice puts into the file is counted.
 */
export function chooseModel(indices: Int16Array, layout: Layout): ChosenModel {
  const stride = Math.max(1, Math.floor(layout.size / SAMPLE));
  const { rows, columns } = sizes(indices, layout, Math.min(stride, 1 + (rowCount(layout) >> 8)));
  const rowLevels = quarterOctaves(rows, 1).quarters;
  const columnLevels = quarterOctaves(columns, 1).quarters;
  const ways: Levels[] = [{}];
  if (levelCount(rowLevels) > 1) ways.push({ rowLevels });
  if (levelCount(columnLevels) > 1) ways.push({ columnLevels });
  if (levelCount(rowLevels) > 1 && levelCount(columnLevels) > 1) ways.push({ rowLevels, columnLevels });

  const best = ways
    .map((way) => ({ way, ...partitionFor(way, countLevels(indices, layout, way, stride), stride) }))
    .reduce((least, other) => (other.bits < least.bits ? other : least)).way;

  const counts = countLevels(indices, layout, best, 1);
  const { starts } = partitionFor(best, counts, 1);
  const tables = starts.flatMap((start, i) =>
    ([0, 1] as const).map((parity) =>
      chooseTable(counts.context(start, starts[i + 1] ?? counts.levels, parity)),
    ),
  );
  return {
    model: { ...withClasses(best, starts), tables: tables.map(({ table }) => table) },
    weightBits: tables.reduce((sum, { weightBits }) => sum + weightBits, 0),
  };
}

/**
 * Root mean squares of the integers in rows; and in columns of those of every `stride`-th row, divided by that
 * of their row.
 */
function sizes(
  indices: Int16Array,
  layout: Layout,
  stride: number,
): { readonly rows: Float64Array; readonly columns: Float64Array } {
  const rows = new Float64Array(rowCount(layout));
  const columns = new Float64Array(layout.columns);
  let filled = 0;
  for (const { row, start, end } of rowPieces(layout, { start: 0, end: layout.size })) {
    let squares = 0;
    for (let i = start; i < end; i++) {
      const index = indices[i]!;
      squares += index * index;
    }
    if (squares === 0) continue;
    const perSquare = (end - start) / squares;
    rows[row] = Math.sqrt(1 / perSquare);
    if (row % stride !== 0) continue;
    filled++;
    for (let i = start, column = 0; i < end; i++, column++) {
      const index = indices[i]!;
      columns[column] = columns[column]! + index * index * perSquare;
    }
  }
  return { rows, columns: columns.map((sum) => Math.sqrt(sum / Math.max(1, filled))) };
}

/** Counts the integers of every `stride`-th row. */
function countLevels(
  indices: Int16Array,
  layout: Layout,
  { rowLevels, columnLevels }: Levels,
  stride: number,
): SymbolCounts {
  const counts = new SymbolCounts(levelCount(rowLevels) + levelCount(columnLevels) - 1);
  for (const { row, start, end } of rowPieces(layout, { start: 0, end: layout.size })) {
    if (row % stride === 0) counts.add(indices.subarray(start, end), rowLevels?.[row] ?? 0, columnLevels);
  }
  return counts;
}

/**
 * The best partition, counting what its levels take in the file. `times`: how many weights each counted one
 * stands for.
 */
function partitionFor({ rowLevels, columnLevels }: Levels, counts: SymbolCounts, times: number): Partition {
  // Where there are levels of one kind, only classes are stored.
  const merged = rowLevels === undefined || columnLevels === undefined;
  const levelBits = (levels: Uint8Array | undefined, classes: number) =>
    levels === undefined ? 0 : levels.length * bitWidth((merged ? classes : levelCount(levels)) - 1);
  return bestPartitions(counts, times)
    .map(({ starts, bits }) => ({
      starts,
      bits: bits + levelBits(rowLevels, starts.length) + levelBits(columnLevels, starts.length),
    }))
    .reduce((best, other) => (other.bits < best.bits ? other : best));
}

/** The levels as they are stored: those of one kind are classes themselves, and one class needs none. */
function withClasses({ rowLevels, columnLevels }: Levels, starts: readonly number[]): Classes {
  if (starts.length === 1) return { classStarts: [0] };
  if (rowLevels && columnLevels) return { rowLevels, columnLevels, classStarts: starts };
  const classes = (levels: Uint8Array) => levels.map((level) => classOf(starts, level));
  return {
    ...(rowLevels && { rowLevels: classes(rowLevels) }),
    ...(columnLevels && { columnLevels: classes(columnLevels) }),
    classStarts: starts.map((_, i) => i),
  };
}
