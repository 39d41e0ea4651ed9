import { Random } from '../random';
import { negate, randomSigns } from '../randomSigns';
import { createCosine } from './cosine';
import type { OrthogonalTransform } from './transform';

/**
 * P = Cᵀ·D·C, a cosine transform, random signs and its inverse: symmetric and its own inverse (Cherniuk et al.,
 * "Structured Transforms for Low-Overhead Quantization of Language Models", 2026).
 */
export function createSignedCosine(length: number, seed: number): OrthogonalTransform {
  const cosine = createCosine(length);
  const signs = randomSigns(length, new Random(seed));
  const apply = (z: Float32Array) => {
    cosine.apply(z);
    negate(z, signs);
    cosine.applyTranspose(z);
  };
  return { length, apply, applyTranspose: apply };
}
