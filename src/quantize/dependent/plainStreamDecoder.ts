import { FREQUENCY_TOTAL } from './frequencyTable';
import { streamRanges } from './layout';
import type { CreateStreamDecoder } from './streamDecoder';
import { nextWindow } from './trellis';

const LOWEST = 2 ** 16;

/** A context as its slots: 12 bits of the state say which symbol follows. */
interface Context {
  /** Place of each slot's symbol; the place after the last symbol is the escape. */
  readonly places: Uint16Array;
  readonly frequencies: readonly number[];
  readonly starts: readonly number[];
  readonly first: number;
}

/**
 * What `assembly/dependentDecode.ts` does, in plain TypeScript: its oracle, and the decoder of pages whose
 * security policy forbids WebAssembly.
 */
export const createPlainStreamDecoder: CreateStreamDecoder = (trellis, tables) => {
  const contexts = tables.map(({ first, frequencies, escape }): Context => {
    const all = [...frequencies, escape];
    const places = new Uint16Array(FREQUENCY_TOTAL);
    let end = 0;
    const starts = all.map((frequency, place) => {
      const start = end;
      end += frequency;
      places.fill(place, start, end);
      return start;
    });
    return { places, frequencies: all, starts, first };
  });

  const decodeStream = (bytes: Uint8Array, classes: Uint8Array, indices: Int16Array): boolean => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const next = () => {
      const word = at + 2 <= bytes.length ? view.getUint16(at, true) : 0;
      at += 2;
      return word;
    };
    let x = next() * LOWEST + next();
    let w = 0;
    const { length } = indices;
    for (let i = 0; i < length; i++) {
      const { places, frequencies, starts, first } = contexts[2 * classes[i]! + (w & 1)]!;
      const slot = x % FREQUENCY_TOTAL;
      const place = places[slot]!;
      x = frequencies[place]! * Math.floor(x / FREQUENCY_TOTAL) + slot - starts[place]!;
      if (x < LOWEST) x = x * LOWEST + next();
      let symbol = first + place;
      if (place === frequencies.length - 1) {
        symbol = ((x % LOWEST) << 16) >> 16;
        x = Math.floor(x / LOWEST) * LOWEST + next();
      }
      indices[i] = 2 * symbol + (w & 1);
      w = nextWindow(trellis, w, indices[i]!);
    }
    return x === LOWEST && at === bytes.length;
  };

  return {
    decode(streams, classes, steps) {
      const { length } = classes;
      const indices = new Int16Array(length);
      const whole = streamRanges(length).every(({ start, end }, i) =>
        decodeStream(streams[i]!, classes.subarray(start, end), indices.subarray(start, end)),
      );
      if (!whole) return undefined;
      const weights = new Float32Array(length);
      for (const { start, end, step } of steps) {
        for (let i = start; i < end; i++) weights[i] = step * indices[i]!;
      }
      return weights;
    },
  };
};
