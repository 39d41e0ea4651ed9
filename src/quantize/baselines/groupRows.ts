import type { FeedbackMatrix, RowCoder } from '../method';
import type { PackedTensor } from '../packedTensor';
import type { JsonObject } from '../../protocol/validate';

/** Levels of one group of weights. */
export interface FittedGroup<Stored> {
  /** What a decoder computes for the codes 0, 1, …: ascending, at most 256. */
  readonly levels: Float32Array;
  /** What the file stores of them. */
  readonly stored: Stored;
}

/** A code whose weights share levels in groups of consecutive ones. */
export interface GroupCode<Stored> {
  fit(group: Float32Array): FittedGroup<Stored>;
  /** Packs a whole tensor, groups and codes in its order. */
  pack(groups: readonly Stored[], codes: Uint8Array, groupSize: number): PackedTensor;
  /** What a decoder needs beside the head. */
  coding(groupSize: number): JsonObject;
}

/** A group is at least this share of the size that was asked for, where weights are cut in equal groups. */
const SMALLEST_SHARE = 0.25;

/**
 * Codes a matrix row by row with levels for groups of `groupSize` inputs of one output, as GPTQ does: when
 * the first row of a group is coded, each column's levels are fitted to its weights in the group as they are
 * then. The packed tensor is the transpose, in which the weights of a group follow one another.
 */
export function startGroupRows<Stored>(
  { rows, columns, work }: FeedbackMatrix,
  groupSize: number,
  code: GroupCode<Stored>,
): RowCoder {
  const groupRows = equalGroups(rows, groupSize);
  const groups = rows / groupRows;
  const stored = new Array<Stored>(columns * groups);
  const codes = new Uint8Array(rows * columns);
  const levels: Float32Array[] = [];
  const column = new Float32Array(groupRows);
  return {
    groupRows,
    code(index, reconstruction) {
      if (index % groupRows === 0) {
        for (let j = 0; j < columns; j++) {
          for (let i = 0; i < groupRows; i++) column[i] = work[(index + i) * columns + j]!;
          const fitted = code.fit(column);
          levels[j] = fitted.levels;
          stored[j * groups + index / groupRows] = fitted.stored;
        }
      }
      for (let j = 0; j < columns; j++) {
        const nearest = nearestLevel(levels[j]!, work[index * columns + j]!);
        codes[j * rows + index] = nearest;
        reconstruction[j] = levels[j]![nearest]!;
      }
    },
    finish: () => ({
      packed: code.pack(stored, codes, groupRows),
      coding: code.coding(groupRows),
      transposed: true,
    }),
  };
}

/**
 * Weights a group: the largest number up to `groupSize` that cuts all `count` in equal groups; all of them
 * where only much smaller groups would.
 */
export function equalGroups(count: number, groupSize: number): number {
  for (let size = Math.min(count, groupSize); size >= SMALLEST_SHARE * groupSize; size--) {
    if (count % size === 0) return size;
  }
  return count;
}

/** Position of the nearest of some ascending levels; the lower one in the middle between two. */
function nearestLevel(levels: Float32Array, value: number): number {
  let low = 0;
  let high = levels.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (2 * value > levels[middle]! + levels[middle + 1]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
