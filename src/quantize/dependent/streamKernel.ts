import bytes from '../kernels/assembly/dependentDecode.wasm';
import { instantiate, type KernelExports } from '../kernels/instantiate';
import { FREQUENCY_TOTAL } from './frequencyTable';
import type { CreateStreamDecoder } from './streamDecoder';
import { nextWindow } from './trellis';

interface Kernel {
  prepare(contexts: number, symbols: number, count: number, bytes: number, h0: number, h1: number): void;
  slotsAt(): number;
  symbolsAt(): number;
  classesAt(): number;
  bytesAt(): number;
  valuesAt(): number;
  decodeOne(begin: number, end: number, from: number, to: number): number;
  decodeFour(count: number, from0: number, from1: number, from2: number, from3: number, to: number): number;
  scale(begin: number, end: number, step: number): void;
}

/** Bit of a frequency whose symbol stands for itself in 16 bits after it. */
const ESCAPE = 2 ** 15;
/** Bytes of a weight at most, and of the states of four streams. */
const WEIGHT_BYTES = 4;
const STATE_BYTES = 16;

let module: WebAssembly.Module | undefined;

/** Whether WebAssembly may be compiled: a page's security policy can forbid it. */
export function hasStreamKernel(): boolean {
  try {
    module ??= new WebAssembly.Module(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The decoder in WebAssembly. */
export const createStreamKernel: CreateStreamDecoder = (trellis, tables, longest) => {
  module ??= new WebAssembly.Module(bytes);
  const kernel = instantiate(module) as KernelExports<Kernel>;
  const symbols = tables.reduce((sum, { frequencies }) => sum + frequencies.length + 1, 0);
  const most = WEIGHT_BYTES * longest + STATE_BYTES;
  kernel.prepare(tables.length, symbols, longest, most, trellis.h0, trellis.h1);
  const { buffer } = kernel.memory;
  const slots = new Uint16Array(buffer, kernel.slotsAt(), FREQUENCY_TOTAL * tables.length);
  const entries = new DataView(buffer, kernel.symbolsAt(), 8 * symbols);
  let symbol = 0;
  for (const [context, { first, frequencies, escape }] of tables.entries()) {
    let start = 0;
    for (const [place, frequency] of [...frequencies, escape].entries()) {
      const slot = FREQUENCY_TOTAL * context + start;
      slots.fill(symbol, slot, slot + frequency);
      const isEscape = place === frequencies.length;
      const index = 2 * (first + place) + (context & 1);
      entries.setUint16(8 * symbol, frequency | (isEscape ? ESCAPE : 0), true);
      entries.setUint16(8 * symbol + 2, start, true);
      entries.setUint16(8 * symbol + 4, index, true);
      entries.setUint16(8 * symbol + 6, nextWindow(trellis, 0, index), true);
      start += frequency;
      symbol++;
    }
  }

  return {
    decode(streams, classes, steps) {
      const { length } = classes;
      new Uint8Array(buffer, kernel.classesAt(), length).set(classes);
      const ends: number[] = [];
      let end = 0;
      for (const stream of streams) {
        if (end + stream.length > most) return undefined;
        new Uint8Array(buffer, kernel.bytesAt() + end, stream.length).set(stream);
        end += stream.length;
        ends.push(end);
      }
      const [end0, end1, end2, end3] = ends as [number, number, number, number];
      const whole =
        streams.length === 1
          ? kernel.decodeOne(0, length, 0, end0)
          : kernel.decodeFour(length, 0, end0, end1, end2, end3);
      if (whole === 0) return undefined;
      for (const range of steps) kernel.scale(range.start, range.end, range.step);
      return new Float32Array(buffer, kernel.valuesAt(), length);
    },
  };
};
