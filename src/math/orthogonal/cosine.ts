import { createFourier } from '../fourier';
import { checkLength, type OrthogonalTransform } from './transform';

/**
 * The orthonormal cosine transform, DCT-II: Q[k, j] = √(2/n)·cos(π(2j + 1)k / 2n), the first row divided by
 * √2. O(n log n) for any length (Makhoul, 1980: one Fourier transform of the same length); computes in
 * float64 and rounds its results to float32.
 */
export function createCosine(length: number): OrthogonalTransform {
  const fourier = createFourier(length);
  const re = new Float64Array(length);
  const im = new Float64Array(length);
  const turnRe = Float64Array.from({ length }, (_, k) => Math.cos((Math.PI * k) / (2 * length)));
  const turnIm = Float64Array.from({ length }, (_, k) => -Math.sin((Math.PI * k) / (2 * length)));
  const first = Math.sqrt(1 / length);
  const rest = Math.sqrt(2 / length);
  const half = (length + 1) >> 1;

  const cosine: OrthogonalTransform = {
    length,
    apply(z) {
      checkLength(cosine, z);
      // Even entries forwards, then odd ones backwards.
      for (let j = 0; j < length; j++) re[j] = z[j < half ? 2 * j : 2 * (length - j) - 1]!;
      im.fill(0);
      fourier.transform(re, im);
      for (let k = 0; k < length; k++) {
        z[k] = (k === 0 ? first : rest) * (re[k]! * turnRe[k]! - im[k]! * turnIm[k]!);
      }
    },
    applyTranspose(z) {
      checkLength(cosine, z);
      re[0] = z[0]! / first;
      im[0] = 0;
      for (let k = 1; k < length; k++) {
        const a = z[k]! / rest;
        const b = -z[length - k]! / rest;
        re[k] = a * turnRe[k]! + b * turnIm[k]!;
        im[k] = b * turnRe[k]! - a * turnIm[k]!;
      }
      fourier.transform(im, re);
      for (let j = 0; j < length; j++) z[j < half ? 2 * j : 2 * (length - j) - 1] = re[j]! / length;
    },
  };
  return cosine;
}
