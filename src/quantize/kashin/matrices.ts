import type { OrthogonalTransform } from '../../math/orthogonal/transform';
import { createModeProduct } from '../../math/orthogonal/modeProduct';
import { kroneckerRows, type KashinCoding } from './coding';
import { createKernelInvolution } from './involutionKernel';

/** The matrix Q for vectors of a tensor, by their length; each is made once. */
export function matricesOf({ seed, columns }: KashinCoding): (length: number) => OrthogonalTransform {
  const made = new Map<number, OrthogonalTransform>();
  return (length) => {
    let matrix = made.get(length);
    if (!matrix) made.set(length, (matrix = createMatrix(length, seed, columns)));
    return matrix;
  };
}

function createMatrix(length: number, seed: number, columns: number | undefined): OrthogonalTransform {
  if (columns === undefined) return createKernelInvolution(length, seed);
  return createModeProduct([
    createKernelInvolution(kroneckerRows(length, columns), seed),
    createKernelInvolution(columns, (seed + 1) >>> 0),
  ]);
}
