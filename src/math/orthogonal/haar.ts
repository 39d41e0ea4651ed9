import { Random } from '../random';
import { checkLength, type OrthogonalTransform } from './transform';

/**
 * A matrix from the uniform (Haar) distribution on the orthogonal group: the factor Q of A = QR, R with a
 * positive diagonal, for a matrix A of normal numbers.
 *
 * A is not formed. Householder's QR leaves a block of fresh normal numbers at every step, so its
 * reflections are drawn directly, each from a normal vector one shorter than the last (Stewart, "The
 * efficient generation of random orthogonal matrices", 1980). Holds n²/2 float64 numbers; a product takes
 * 2n² operations.
 */
export function createHaar(length: number, seed: number): OrthogonalTransform {
  const random = new Random(seed);
  const reflectors: Float64Array[] = [];
  const signs = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    const normal = Float64Array.from({ length: length - k }, () => random.normal());
    signs[k] = normal[0]! < 0 ? 1 : -1;
    if (k + 1 < length) reflectors.push(reflector(normal));
  }
  const backwards = reflectors.toReversed();
  const work = new Float64Array(length);

  const haar: OrthogonalTransform = {
    length,
    apply(z) {
      checkLength(haar, z);
      for (let i = 0; i < length; i++) work[i] = signs[i]! * z[i]!;
      for (const direction of backwards) reflect(work, direction);
      z.set(work);
    },
    applyTranspose(z) {
      checkLength(haar, z);
      work.set(z);
      for (const direction of reflectors) reflect(work, direction);
      for (let i = 0; i < length; i++) z[i] = signs[i]! * work[i]!;
    },
  };
  return haar;
}

/** The unit vector of the reflection that takes x to a multiple of the first axis; overwrites x with it. */
function reflector(x: Float64Array): Float64Array {
  const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  const first = x[0]! + (x[0]! < 0 ? -norm : norm);
  const size = Math.sqrt(norm * norm - x[0]! * x[0]! + first * first);
  x[0] = first;
  for (let i = 0; i < x.length; i++) x[i] = x[i]! / size;
  return x;
}

/** Reflects the last entries of z, as many as `direction` has. */
function reflect(z: Float64Array, direction: Float64Array): void {
  const { length } = direction;
  const start = z.length - length;
  let product = 0;
  for (let i = 0; i < length; i++) product += direction[i]! * z[start + i]!;
  product *= 2;
  for (let i = 0; i < length; i++) z[start + i] = z[start + i]! - product * direction[i]!;
}
