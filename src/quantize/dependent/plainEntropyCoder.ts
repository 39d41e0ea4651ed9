import type { EntropyCoder } from './entropyCoder';
import { FREQUENCY_TOTAL } from './frequencyTable';

const LOWEST = 2 ** 16;

/** What `assembly/dependentEntropy.ts` does, in plain TypeScript: its oracle. */
export const encodeEntropyPlainly: EntropyCoder = (indices, classes, tables) => {
  const starts = tables.map(({ frequencies, escape }) => cumulative([...frequencies, escape]));
  const words: number[] = [];
  let x = LOWEST;
  const emit = () => {
    words.push(x % LOWEST);
    x = Math.floor(x / LOWEST);
  };
  for (let i = indices.length - 1; i >= 0; i--) {
    const index = indices[i]!;
    const context = 2 * classes[i]! + (index & 1);
    const { first, frequencies, escape } = tables[context]!;
    const symbol = index >> 1;
    let place = symbol - first;
    let frequency = frequencies[place] ?? 0;
    if (frequency === 0) {
      emit();
      x = x * LOWEST + (symbol & 0xffff);
      place = frequencies.length;
      frequency = escape;
    }
    if (x >= frequency * 2 ** 20) emit();
    x = Math.floor(x / frequency) * FREQUENCY_TOTAL + (x % frequency) + starts[context]![place]!;
  }
  emit();
  words.push(x);
  return new Uint8Array(Uint16Array.from(words.reverse()).buffer);
};

function cumulative(frequencies: readonly number[]): number[] {
  let start = 0;
  return frequencies.map((frequency) => (start += frequency) - frequency);
}
