import { Random } from '../../../src/math/random';

/** Normal numbers of standard deviation 1. */
export function normalSample(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
}

/** Mean squared error over mean square. */
export function distortion(original: Float32Array, changed: Float32Array): number {
  let error = 0;
  let energy = 0;
  for (let i = 0; i < original.length; i++) {
    error += (original[i]! - changed[i]!) ** 2;
    energy += original[i]! ** 2;
  }
  return error / energy;
}

/** Numbers as their bits, so that −0 differs from 0 and NaN equals itself. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
