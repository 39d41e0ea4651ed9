import bytes from '../kernels/assembly/trellis.wasm';
import { instantiate, type KernelExports } from '../kernels/instantiate';
import type { TrellisCode } from './code';
import type { TrellisSearch } from './search';

interface Kernel {
  prepare(states: number, buckets: number, count: number): void;
  valuesAt(): number;
  weightsAt(): number;
  placesAt(): number;
  entriesAt(): number;
  search(count: number, start: number): number;
}

const module = new WebAssembly.Module(bytes);

/** The search in WebAssembly SIMD. The entries that it gives are valid until its next call. */
export function createSearchKernel({ states, buckets, values }: TrellisCode): TrellisSearch {
  const kernel = instantiate(module) as KernelExports<Kernel>;
  let capacity = -1;
  return ({ weights, places }, start) => {
    const { length } = weights;
    if (length > capacity) {
      kernel.prepare(states, buckets, length);
      new Int16Array(kernel.memory.buffer, kernel.valuesAt(), values.length).set(values);
      capacity = length;
    }
    const { buffer } = kernel.memory;
    new Int16Array(buffer, kernel.weightsAt(), length).set(weights);
    new Uint8Array(buffer, kernel.placesAt(), length).set(places);
    const end = kernel.search(length, start);
    return { entries: new Uint16Array(buffer, kernel.entriesAt(), length), end };
  };
}
