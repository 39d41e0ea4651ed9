import { createRowUpdates } from './rowUpdates';

/** The rows of a matrix under error feedback. */
export interface RowFeedback {
  /** Copies rows `from` up to `to` as they are now to the same places of `matrix`. */
  read(from: number, to: number, matrix: Float32Array): void;
  /** Tells what row `index` was coded as. Rows come one after another. */
  add(index: number, coded: Float32Array): void;
}

/**
 * @param weights `[inputs, outputs]`
 * @param factor U, `[inputs, inputs]`
 * @param block rows whose errors reach those below only when the last of them is coded
 */
export function startFeedback(
  weights: Float32Array,
  factor: Float64Array,
  inputs: number,
  block: number,
): RowFeedback {
  const outputs = weights.length / inputs;
  const updates = createRowUpdates(inputs, outputs, Math.min(block, inputs));
  const { target, coefficients } = updates;
  target.set(weights);

  /** The rows of U that belong to a block. */
  const takeCoefficients = (top: number, bottom: number) => {
    for (let c = top; c < bottom; c++) {
      coefficients.set(factor.subarray(c * inputs + top, (c + 1) * inputs), (c - top) * inputs + top);
    }
  };
  return {
    read(from, to, matrix) {
      matrix.set(target.subarray(from * outputs, to * outputs), from * outputs);
    },
    add(index, coded) {
      const inBlock = index % block;
      const top = index - inBlock;
      const bottom = Math.min(top + block, inputs);
      if (inBlock === 0) takeCoefficients(top, bottom);
      const error = updates.block.subarray(inBlock * outputs, (inBlock + 1) * outputs);
      const scale = 1 / factor[index * inputs + index]!;
      const row = index * outputs;
      for (let j = 0; j < outputs; j++) error[j] = (target[row + j]! - coded[j]!) * scale;
      updates.subtract(index + 1, bottom, inBlock, 1);
      if (index + 1 === bottom) updates.subtract(bottom, inputs, 0, bottom - top);
    },
  };
}
