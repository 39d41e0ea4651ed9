import bytes from '../kernels/assembly/dependentEntropy.wasm';
import { instantiate, type KernelExports } from '../kernels/instantiate';
import type { FrequencyTable } from './frequencyTable';

/**
 * Codes integers by rANS (Duda 2013): 32-bit states that move 16 bits at a time, 12-bit frequencies. A weight
 * of class c and parity p has the table 2c + p. The stream begins with the state, high half first.
 */
export type EntropyCoder = (
  indices: Int16Array,
  classes: Uint8Array,
  tables: readonly FrequencyTable[],
) => Uint8Array;

interface Kernel {
  prepare(contexts: number, symbols: number, count: number): void;
  defineContext(context: number, first: number, count: number, begin: number): void;
  defineSymbol(symbol: number, frequency: number, start: number): void;
  classesAt(): number;
  indicesAt(): number;
  endOfWords(): number;
  encode(begin: number, end: number): number;
}

let kernel: KernelExports<Kernel> | undefined;

/** The coder in WebAssembly. */
export const encodeEntropy: EntropyCoder = (indices, classes, tables) => {
  kernel ??= instantiate(new WebAssembly.Module(bytes)) as KernelExports<Kernel>;
  const { length } = indices;
  // Each table has an entry for its escape beside those of its symbols.
  const symbols = tables.reduce((sum, { frequencies }) => sum + frequencies.length + 1, 0);
  kernel.prepare(tables.length, symbols, length);
  let symbol = 0;
  for (const [context, { first, frequencies, escape }] of tables.entries()) {
    kernel.defineContext(context, first, frequencies.length, symbol);
    let start = 0;
    for (const frequency of [...frequencies, escape]) {
      kernel.defineSymbol(symbol++, frequency, start);
      start += frequency;
    }
  }
  const { buffer } = kernel.memory;
  new Int16Array(buffer, kernel.indicesAt(), length).set(indices);
  new Uint8Array(buffer, kernel.classesAt(), length).set(classes);
  const begin = kernel.encode(0, length);
  return new Uint8Array(buffer, begin, kernel.endOfWords() - begin).slice();
};
