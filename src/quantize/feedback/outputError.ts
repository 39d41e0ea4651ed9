import { subtractCombination } from './combination';

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

/** tr(AᵀHA) for A `[inputs, outputs]`, as Σ_i a_i·(H_ii a_i + 2·Σ_{j<i} H_ij a_j). */
function fullEnergy(hessian: Float64Array, inputs: number, matrix: Float32Array): number {
  const outputs = matrix.length / inputs;
  const others = new Float32Array(outputs);
  let sum = 0;
  for (let i = 0; i < inputs; i++) {
    others.fill(0);
    subtractCombination(others, matrix.subarray(0, i * outputs), hessian, i * inputs, 1);
    const weight = hessian[i * inputs + i]!;
    for (let k = 0; k < outputs; k++) {
      const value = matrix[i * outputs + k]!;
      sum += value * (weight * value - 2 * others[k]!);
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
