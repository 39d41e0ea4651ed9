import { hadamard } from '../hadamard';
import { createCosine } from './cosine';
import { createModeProduct } from './modeProduct';
import type { OrthogonalTransform } from './transform';

/**
 * The Walsh–Hadamard transform for any length n = m·2^k, m odd, without padding: C ⊗ H, a cosine transform of
 * length m and a Hadamard transform of length 2^k.
 */
export function createHadamard(length: number): OrthogonalTransform {
  let power = 1;
  while (length % (2 * power) === 0) power *= 2;
  const rows: OrthogonalTransform = {
    length: power,
    apply: (z) => hadamard(z),
    applyTranspose: (z) => hadamard(z),
  };
  return power === length ? rows : createModeProduct([createCosine(length / power), rows]);
}
