import { consecutive } from '../groups';
import { createRowUpdates } from './rowUpdates';

/**
 * How far a layer's output moves when its weights W become Ŵ, relative to the output itself:
 * tr((W − Ŵ)ᵀ·H·(W − Ŵ)) / tr(WᵀHW). That is the mean square of the output's change over the mean square of
 * the output, over the inputs x with E[x xᵀ] = H. 0 where nothing changed.
 *
 * @param hessian H, row-major `[inputs, inputs]`, symmetric; or its diagonal, `[inputs]`
 * @param original W and `changed` Ŵ, both `[inputs, outputs]`
 */
export function outputError(
  hessian: Float64Array,
  inputs: number,
  original: Float32Array,
  changed: Float32Array,
): number {
  const energy = hessian.length === inputs ? diagonalEnergy : fullEnergy;
  const difference = original.map((weight, i) => weight - changed[i]!);
  const error = energy(hessian, inputs, difference);
  return error === 0 ? 0 : error / energy(hessian, inputs, original);
}

/** Rows of the matrix that are multiplied at once. */
const BLOCK = 128;

/** tr(AᵀHA) for A `[inputs, outputs]`, as Σ_k a_k·(H_kk a_k + 2·Σ_{i<k} H_ik a_i). */
function fullEnergy(hessian: Float64Array, inputs: number, matrix: Float32Array): number {
  const outputs = matrix.length / inputs;
  const updates = createRowUpdates(inputs, outputs, Math.min(BLOCK, inputs));
  const { target, block, coefficients } = updates;
  target.fill(0);
  for (const { start, end } of consecutive(0, inputs, BLOCK)) {
    block.set(matrix.subarray(start * outputs, end * outputs));
    for (let i = start; i < end; i++) {
      coefficients.set(hessian.subarray(i * inputs + start, (i + 1) * inputs), (i - start) * inputs + start);
      updates.subtract(i + 1, end, i - start, 1);
    }
    updates.subtract(end, inputs, 0, end - start);
  }
  let sum = 0;
  for (let k = 0; k < inputs; k++) {
    const weight = hessian[k * inputs + k]!;
    for (let j = k * outputs; j < (k + 1) * outputs; j++) {
      sum += matrix[j]! * (weight * matrix[j]! - 2 * target[j]!);
    }
  }
  return sum;
}

function diagonalEnergy(moments: Float64Array, inputs: number, matrix: Float32Array): number {
  const outputs = matrix.length / inputs;
  let sum = 0;
  for (let i = 0; i < inputs; i++) {
    let squares = 0;
    for (let k = i * outputs; k < (i + 1) * outputs; k++) squares += matrix[k]! ** 2;
    sum += moments[i]! * squares;
  }
  return sum;
}
