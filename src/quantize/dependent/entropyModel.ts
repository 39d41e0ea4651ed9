import { bitWidth } from './bitStream';
import { bestPartitions, type Partition } from './classPartition';
import { chooseTable } from './frequencies';
import type { FrequencyTable } from './frequencyTable';
import { rowCount, rowPieces, type Layout } from './layout';
import { quarterOctaves } from './rowSteps';
import { SymbolCounts } from './symbolCounts';

/** Frequencies of the integers of a tensor, by classes of weights. */
export interface EntropyModel {
  /** Levels of rows and of columns; a weight's level is the sum of those that there are. */
  readonly rowLevels?: Uint8Array;
  readonly columnLevels?: Uint8Array;
  /** The first level of each class. */
  readonly classStarts: readonly number[];
  /** For each class that of even integers, then that of odd ones. */
  readonly tables: readonly FrequencyTable[];
}

export interface ChosenModel {
  readonly model: EntropyModel;
  /** Bits of all weights and of the tables, without the levels. */
  readonly bits: number;
}

/** The choice between ways to class weights is made on about so many. */
const SAMPLE = 2 ** 20;

/** A way to class weights: by levels of rows, of columns, of both, or not at all. */
type Levels = Pick<EntropyModel, 'rowLevels' | 'columnLevels'>;

/**
 * Chooses classes and frequencies for the integers of a tensor such that the file becomes smallest: one
 * class, or up to 16 by the root mean square of the integers in rows, in columns, or in both, in quarter
 * octaves. Everything that a choice puts into the file is counted.
 */
export function chooseModel(indices: Int16Array, layout: Layout): ChosenModel {
  const { rows, columns } = sizes(indices, layout);
  const rowLevels = quarterOctaves(rows, 1).quarters;
  const columnLevels = quarterOctaves(columns, 1).quarters;
  const ways: Levels[] = [{}];
  if (levelCount(rowLevels) > 1) ways.push({ rowLevels });
  if (levelCount(columnLevels) > 1) ways.push({ columnLevels });
  if (levelCount(rowLevels) > 1 && levelCount(columnLevels) > 1) ways.push({ rowLevels, columnLevels });

  const stride = Math.max(1, Math.floor(layout.size / SAMPLE));
  const best = ways
    .map((way) => {
      const { partition, levelBits } = partitionFor(way, countLevels(indices, layout, way, stride), stride);
      return { way, bits: stride * partition.bits + levelBits };
    })
    .reduce((least, other) => (other.bits < least.bits ? other : least)).way;

  const counts = countLevels(indices, layout, best, 1);
  const { starts } = partitionFor(best, counts, 1).partition;
  const tables = starts.flatMap((start, i) =>
    ([0, 1] as const).map((parity) =>
      chooseTable(counts.context(start, starts[i + 1] ?? counts.levels, parity)),
    ),
  );
  return {
    model: { ...withClasses(best, starts), tables: tables.map(({ table }) => table) },
    bits: tables.reduce((sum, { bits }) => sum + bits, 0),
  };
}

/** Root mean squares of the integers in rows, and of those divided by that of their rows in columns. */
function sizes(indices: Int16Array, layout: Layout): { rows: Float64Array; columns: Float64Array } {
  const rows = new Float64Array(rowCount(layout));
  const columns = new Float64Array(layout.columns);
  const filled = new Float64Array(layout.columns);
  for (const { row, start, end } of rowPieces(layout, { start: 0, end: layout.size })) {
    let squares = 0;
    for (let i = start; i < end; i++) squares += indices[i]! * indices[i]!;
    const meanSquare = squares / (end - start);
    rows[row] = Math.sqrt(meanSquare);
    if (squares === 0) continue;
    for (let i = start, column = 0; i < end; i++, column++) {
      columns[column] = columns[column]! + (indices[i]! * indices[i]!) / meanSquare;
      filled[column] = filled[column]! + 1;
    }
  }
  return { rows, columns: columns.map((sum, i) => Math.sqrt(sum / Math.max(1, filled[i]!))) };
}

export function levelCount(levels: Uint8Array | undefined): number {
  return levels === undefined ? 1 : 1 + levels.reduce((most, level) => Math.max(most, level), 0);
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

/** The best partition with what its levels take in the file. */
function partitionFor(
  { rowLevels, columnLevels }: Levels,
  counts: SymbolCounts,
  stride: number,
): { readonly partition: Partition; readonly levelBits: number } {
  return bestPartitions(counts)
    .map((partition) => {
      const { starts } = partition;
      // Where there are levels of one kind, only classes are stored.
      const merged = rowLevels === undefined || columnLevels === undefined;
      const bitsOf = (levels: Uint8Array | undefined) =>
        levels === undefined
          ? 0
          : levels.length * bitWidth((merged ? starts.length : levelCount(levels)) - 1);
      return { partition, levelBits: bitsOf(rowLevels) + bitsOf(columnLevels) };
    })
    .reduce((best, other) =>
      stride * other.partition.bits + other.levelBits < stride * best.partition.bits + best.levelBits
        ? other
        : best,
    );
}

/** The levels as they are stored: those of one kind are classes themselves, and one class needs none. */
function withClasses(
  { rowLevels, columnLevels }: Levels,
  starts: readonly number[],
): Omit<EntropyModel, 'tables'> {
  if (starts.length === 1) return { classStarts: [0] };
  if (rowLevels && columnLevels) return { rowLevels, columnLevels, classStarts: starts };
  const classes = (levels: Uint8Array) => levels.map((level) => classOf(starts, level));
  return {
    ...(rowLevels && { rowLevels: classes(rowLevels) }),
    ...(columnLevels && { columnLevels: classes(columnLevels) }),
    classStarts: starts.map((_, i) => i),
  };
}

/** The class of a level. */
export function classOf(classStarts: readonly number[], level: number): number {
  let found = 0;
  while (found + 1 < classStarts.length && classStarts[found + 1]! <= level) found++;
  return found;
}

/** Writes the class of each weight of a range, in order. */
export function fillClasses(
  { rowLevels, columnLevels, classStarts }: Omit<EntropyModel, 'tables'>,
  layout: Pick<Layout, 'columns'>,
  range: { readonly start: number; readonly end: number },
  classes: Uint8Array,
): void {
  const levels = levelCount(rowLevels) + levelCount(columnLevels) - 1;
  const classOfLevel = Uint8Array.from({ length: levels }, (_, level) => classOf(classStarts, level));
  for (const { row, column, start, end } of rowPieces(layout, range)) {
    const level = rowLevels?.[row] ?? 0;
    const from = start - range.start;
    if (columnLevels === undefined) {
      classes.fill(classOfLevel[level]!, from, end - range.start);
    } else {
      for (let i = 0; i < end - start; i++) {
        classes[from + i] = classOfLevel[level + columnLevels[column + i]!]!;
      }
    }
  }
}
