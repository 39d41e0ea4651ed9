import { createInvolution } from '../involution';
import { createButterfly } from './butterfly';
import { createCosine } from './cosine';
import { createHaar } from './haar';
import { createHadamard } from './hadamard';
import { createHouseholder } from './householder';
import { createSignedCosine } from './signedCosine';
import type { OrthogonalTransform } from './transform';

/** Orthogonal matrices for a Kashin decomposition, the best known ones first. */
export const TRANSFORMS = [
  'signed-hadamard',
  'signed-dct',
  'haar',
  'butterfly',
  'dct',
  'hadamard',
  'householder',
] as const;
export type TransformId = (typeof TRANSFORMS)[number];

/** The matrix of that kind; the plain `dct` and `hadamard` are the same for every seed. */
export function createTransform(id: TransformId, length: number, seed: number): OrthogonalTransform {
  switch (id) {
    case 'signed-hadamard':
      return createInvolution(length, seed);
    case 'signed-dct':
      return createSignedCosine(length, seed);
    case 'haar':
      return createHaar(length, seed);
    case 'butterfly':
      return createButterfly(length, seed);
    case 'dct':
      return createCosine(length);
    case 'hadamard':
      return createHadamard(length);
    case 'householder':
      return createHouseholder(length, seed);
  }
}
