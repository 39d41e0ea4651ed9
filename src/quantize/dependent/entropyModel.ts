import type { FrequencyTable } from './frequencyTable';
import { rowPieces, type Layout } from './layout';

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

/** The classes of a model, without their frequencies. */
export type Classes = Omit<EntropyModel, 'tables'>;

/** Number of levels that there are: the largest one and those below. */
export function levelCount(levels: Uint8Array | undefined): number {
  return levels === undefined ? 1 : 1 + levels.reduce((most, level) => Math.max(most, level), 0);
}

/** The class of a level. */
export function classOf(classStarts: readonly number[], level: number): number {
  let found = 0;
  while (found + 1 < classStarts.length && classStarts[found + 1]! <= level) found++;
  return found;
}

/** Writes the class of each weight of a range, in order. */
export function fillClasses(
  { rowLevels, columnLevels, classStarts }: Classes,
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
