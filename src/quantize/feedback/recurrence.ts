import { cooperate } from '../cooperate';
import type { CodedRows, FeedbackMatrix, RowCoder } from '../method';
import type { Curvature } from './curvature';
import { subtractCombination } from './combination';

/** Least number of rows whose errors are gathered before the rows below them all get them at once. */
const BLOCK = 128;

export interface FeedbackOptions {
  readonly signal?: AbortSignal;
  /** Fraction of the rows that are coded, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

export interface CodedMatrix extends CodedRows {
  /** What a decoder gets, `[inputs, outputs]`. */
  readonly reconstruction: Float32Array;
}

/**
 * Codes a layer's weights row by row, each row an input over all outputs; what goes wrong with a row the
 * rows below make up for: w_k ← w_k − (w_c − ŵ_c)·U_ck / U_cc for all k > c (GPTQ, Frantar et al., 2023).
 * Of all changes of the rows below, this one keeps the layer's output nearest to the original's.
 *
 * Rows of a block get each other's errors at once, those below the block when it is finished: the sums are
 * the same, and the matrix is read once a block instead of once a row. Where H is diagonal nothing is
 * changed, and the rows' steps alone say which errors matter.
 *
 * @param weights `[inputs, outputs]`, finite; stay as they are
 */
export async function codeWithFeedback(
  weights: Float32Array,
  { inputs, rowSteps, factor }: Curvature,
  start: (matrix: FeedbackMatrix) => RowCoder,
  { signal, onProgress }: FeedbackOptions = {},
): Promise<CodedMatrix> {
  const outputs = weights.length / inputs;
  const work = weights.slice();
  const reconstruction = new Float32Array(weights.length);
  const rowOf = (matrix: Float32Array, row: number) => matrix.subarray(row * outputs, (row + 1) * outputs);
  const coder = start({ rows: inputs, columns: outputs, work, rowSteps });
  const { groupRows = 1 } = coder;
  const block = groupRows * Math.ceil(BLOCK / groupRows);
  const errors = new Float32Array(block * outputs);
  const pause = cooperate(signal);
  for (let top = 0; top < inputs; top += block) {
    const bottom = Math.min(top + block, inputs);
    for (let c = top; c < bottom; c++) {
      coder.code(c, rowOf(reconstruction, c));
      onProgress?.((c + 1) / inputs);
      if (factor !== undefined) {
        scaledError(rowOf(errors, c - top), rowOf(work, c), rowOf(reconstruction, c), 1 / rowSteps[c]!);
        for (let k = c + 1; k < bottom; k++) {
          subtractCombination(rowOf(work, k), rowOf(errors, c - top), factor, c * inputs + k, inputs);
        }
      }
      await pause();
    }
    if (factor === undefined) continue;
    const finished = errors.subarray(0, (bottom - top) * outputs);
    for (let k = bottom; k < inputs; k++) {
      subtractCombination(rowOf(work, k), finished, factor, top * inputs + k, inputs);
      await pause();
    }
  }
  return { ...coder.finish(), reconstruction };
}

function scaledError(error: Float32Array, row: Float32Array, coded: Float32Array, scale: number): void {
  for (let j = 0; j < error.length; j++) error[j] = (row[j]! - coded[j]!) * scale;
}
