import bytes from '../kernels/assembly/dependentSearch.wasm';
import { instantiate, type KernelExports } from '../kernels/instantiate';
import type { PathSearch } from './search';
import type { Trellis } from './trellis';

interface Kernel {
  prepare(stateBits: number, h0: number, h1: number, count: number): void;
  targetsAt(): number;
  indicesAt(): number;
  startFound(): number;
  search(count: number, start: number): number;
}

const module = new WebAssembly.Module(bytes);

/** The search in WebAssembly SIMD. The indices that it gives are valid until its next call. */
export function createSearchKernel({ stateBits, h0, h1 }: Trellis): PathSearch {
  const kernel = instantiate(module) as KernelExports<Kernel>;
  let capacity = 0;
  return (targets, start) => {
    const { length } = targets;
    if (length > capacity) {
      kernel.prepare(stateBits, h0, h1, length);
      capacity = length;
    }
    const { buffer } = kernel.memory;
    new Float32Array(buffer, kernel.targetsAt(), length).set(targets);
    const end = kernel.search(length, start);
    return { indices: new Int16Array(buffer, kernel.indicesAt(), length), start: kernel.startFound(), end };
  };
}
