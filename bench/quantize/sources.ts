import { Random } from '../../src/math/random';

/** Normal weights of variance 1. */
export function normalWeights(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
}

/** Student's t with four degrees of freedom: heavier tails than any layer's. */
export function studentWeights(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  const square = () => random.normal() ** 2;
  const next = () => random.normal() / Math.sqrt((square() + square() + square() + square()) / 4);
  return Float32Array.from({ length }, next);
}

/** Normal weights with every 64th column ten times as large, as some channels of language models are. */
export function outlierWeights(length: number, columns: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, (_, i) => random.normal() * ((i % columns) % 64 === 7 ? 10 : 1));
}

/** Mean squared error over mean square. */
export function distortionOf(weights: Float32Array, decoded: Float32Array): number {
  let error = 0;
  let energy = 0;
  for (const [i, weight] of weights.entries()) {
    error += (weight - decoded[i]!) ** 2;
    energy += weight ** 2;
  }
  return error / energy;
}
