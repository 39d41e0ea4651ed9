import { InvolutionKernel } from '../involutionKernel';
import { takeScaled, type Workspace } from './workspace';

/** The kernel's vectors: residuals and factors of both sides. */
const RESIDUAL = { u: 0, v: 1 } as const;
const FACTOR = { u: 2, v: 3 } as const;

/**
 * A workspace for the matrix of `createInvolution(length, seed)` in WebAssembly, which gives the bits of the
 * plain one. Holds four float32 vectors.
 */
export function createKernelWorkspace(length: number, seed: number): Workspace {
  const kernel = new InvolutionKernel(length, seed, 4);
  const vector = (index: number): Float32Array => kernel.vectors[index]!;
  return {
    length,
    start(x, scale) {
      takeScaled(vector(RESIDUAL.u), x, scale);
      vector(FACTOR.u).fill(0);
      vector(FACTOR.v).fill(0);
      return kernel.norms(RESIDUAL.u);
    },
    move: (side, step) => kernel.moveSigns(RESIDUAL[side], FACTOR[side], step),
    cross(to) {
      vector(RESIDUAL[to]).set(vector(RESIDUAL[to === 'u' ? 'v' : 'u']));
      kernel.apply(RESIDUAL[to]);
      return kernel.norms(RESIDUAL[to]);
    },
    factors: () => ({ u: vector(FACTOR.u).slice(), v: vector(FACTOR.v).slice() }),
  };
}
