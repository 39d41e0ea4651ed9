import { Random } from '../random';
import { checkLength, type OrthogonalTransform } from './transform';

/** One reflection I − 2yyᵀ in a random direction y. It mixes too little for a Kashin basis, and shows so. */
export function createHouseholder(length: number, seed: number): OrthogonalTransform {
  const random = new Random(seed);
  const direction = Float64Array.from({ length }, () => random.normal());
  const squares = direction.reduce((sum, value) => sum + value * value, 0);

  const apply = (z: Float32Array) => {
    checkLength(householder, z);
    const product = z.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    for (let i = 0; i < length; i++) z[i] = z[i]! - ((2 * product) / squares) * direction[i]!;
  };
  const householder: OrthogonalTransform = { length, apply, applyTranspose: apply };
  return householder;
}
