import { cooperate } from '../cooperate';
import type { CodedRows, FeedbackMatrix, RowCoder } from '../method';
import type { Curvature } from './curvature';
import { startFeedback } from './rowFeedback';

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
  const coder = start({ rows: inputs, columns: outputs, work, rowSteps });
  const { groupRows = 1 } = coder;
  const block = groupRows * Math.ceil(BLOCK / groupRows);
  const feedback = factor && startFeedback(weights, factor, inputs, block);
  const pause = cooperate(signal);
  for (let c = 0; c < inputs; c++) {
    feedback?.read(c, c % groupRows === 0 ? Math.min(c + groupRows, inputs) : c + 1, work);
    const coded = reconstruction.subarray(c * outputs, (c + 1) * outputs);
    coder.code(c, coded);
    feedback?.add(c, coded);
    onProgress?.((c + 1) / inputs);
    await pause();
  }
  return { ...coder.finish(), reconstruction };
}
