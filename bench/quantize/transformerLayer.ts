import { createInvolution } from '../../src/math/involution';
import { Random } from '../../src/math/random';

/** A layer and the second moments of its inputs. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** `[inputs, outputs]` */
  readonly weights: Float32Array;
  /** E[x xᵀ], `[inputs, inputs]` */
  readonly hessian: Float64Array;
}

/**
 * A layer like those of transformers: normal weights; inputs whose covariance has a power-law spectrum
 * 1 / (1 + k) in a random basis, and a few channels of ten times the others' magnitude.
 */
export function transformerLayer(inputs: number, outputs: number, seed: number, outliers = 6): Layer {
  const random = new Random(seed);
  const weights = Float32Array.from({ length: inputs * outputs }, () => random.normal());
  const basis = createInvolution(inputs, seed);
  const scale = new Float64Array(inputs).fill(1);
  for (const channel of random.permutation(inputs).subarray(0, outliers)) scale[channel] = 10;
  const hessian = new Float64Array(inputs * inputs);
  for (let i = 0; i < inputs; i++) {
    // Row i of S·P·Λ·P·S, P the orthogonal basis, Λ the spectrum, S the channels' scales.
    const row = new Float32Array(inputs);
    row[i] = scale[i]!;
    basis.apply(row);
    for (let k = 0; k < inputs; k++) row[k]! /= 1 + k;
    basis.apply(row);
    for (let j = 0; j < inputs; j++) hessian[i * inputs + j] = row[j]! * scale[j]!;
  }
  return { inputs, outputs, weights, hessian };
}
