import { damaged } from '../damage';
import { bitWidth, type BitReader, type BitWriter } from './bitStream';

/** Sum of the frequencies of a context: 2¹². */
export const FREQUENCY_TOTAL = 4096;
/** Symbols of a table lie in −1023 … 1023. */
export const SYMBOL_LIMIT = 1023;
const FREQUENCY_BITS = 12;
const SYMBOL_BITS = 11;
const MAGNITUDE_BITS = 10;

/** Parity of the integers n of a context; their symbols are ⌊n / 2⌋. */
export type Parity = 0 | 1;

/** How often the symbols of one context are expected, in 4096. */
export interface FrequencyTable {
  /** The smallest symbol. */
  readonly first: number;
  /** Frequencies of `first`, `first + 1`, …; with `escape` their sum is 4096. */
  readonly frequencies: Uint16Array;
  /** Frequency of the sign that a symbol follows which has no frequency of its own. */
  readonly escape: number;
}

/**
 * The table where n and −n have the same frequency.
 *
 * @param magnitudes frequencies of the smallest magnitude of this parity, the next one, …
 */
export function symmetricTable(parity: Parity, magnitudes: Uint16Array, escape: number): FrequencyTable {
  const last = magnitudes.length - 1;
  // Symbols −last … last for even integers, −last − 1 … last for odd ones.
  const first = -last - parity;
  const frequencies = Uint16Array.from(
    { length: last - first + 1 },
    (_, i) => magnitudes[magnitudeOf(parity, first + i)]!,
  );
  return { first, frequencies, escape };
}

/** Place of |n| among the magnitudes of its parity, for n = 2 · `symbol` + `parity`. */
export function magnitudeOf(parity: Parity, symbol: number): number {
  return symbol < 0 ? -symbol - parity : symbol;
}

/** Magnitudes of which both integers have symbols within the limit. */
export function mostMagnitudes(parity: Parity): number {
  return SYMBOL_LIMIT + 1 - parity;
}

/** Integers of a magnitude: n and −n, which for zero are one. */
export function multiplicity(parity: Parity, magnitude: number): 1 | 2 {
  return parity === 0 && magnitude === 0 ? 1 : 2;
}

/**
 * Writes a table. Where n and −n share their frequency, and larger magnitudes are not more frequent but for
 * the smallest one, each frequency takes no more bits than the one before; the smallest magnitude's follows
 * from the sum.
 */
export function writeTable(writer: BitWriter, parity: Parity, table: FrequencyTable): void {
  const { first, frequencies, escape } = table;
  const magnitudes = symmetricMagnitudes(parity, table);
  writer.write(magnitudes ? 1 : 0, 1);
  writer.write(escape > 0 ? 1 : 0, 1);
  if (escape > 0) writer.write(escape, FREQUENCY_BITS);
  if (magnitudes) {
    writer.write(magnitudes.length - 1, MAGNITUDE_BITS);
    let width = FREQUENCY_BITS;
    for (const frequency of magnitudes.subarray(1)) {
      writer.write(frequency, width);
      width = bitWidth(frequency);
    }
  } else {
    writer.write(first + SYMBOL_LIMIT, SYMBOL_BITS);
    writer.write(frequencies.length - 1, SYMBOL_BITS);
    for (const frequency of frequencies.subarray(0, -1)) writer.write(frequency, FREQUENCY_BITS);
  }
}

/** Bits that {@link writeTable} takes. */
export function tableBits(parity: Parity, table: FrequencyTable): number {
  const { frequencies, escape } = table;
  const start = 2 + (escape > 0 ? FREQUENCY_BITS : 0);
  const magnitudes = symmetricMagnitudes(parity, table);
  if (!magnitudes) return start + 2 * SYMBOL_BITS + FREQUENCY_BITS * (frequencies.length - 1);
  let width = FREQUENCY_BITS;
  let bits = start + MAGNITUDE_BITS;
  for (const frequency of magnitudes.subarray(1)) {
    bits += width;
    width = bitWidth(frequency);
  }
  return bits;
}

/** @throws UserError `native-damaged` where the sum is not 4096 */
export function readTable(reader: BitReader, parity: Parity): FrequencyTable {
  const symmetric = reader.read(1) === 1;
  const escape = reader.read(1) === 1 ? reader.read(FREQUENCY_BITS) : 0;
  if (symmetric) {
    const magnitudes = new Uint16Array(reader.read(MAGNITUDE_BITS) + 1);
    if (magnitudes.length > mostMagnitudes(parity)) throw damaged('it has too many frequencies');
    let rest = FREQUENCY_TOTAL - escape;
    let width = FREQUENCY_BITS;
    for (let i = 1; i < magnitudes.length; i++) {
      magnitudes[i] = reader.read(width);
      rest -= 2 * magnitudes[i]!;
      width = bitWidth(magnitudes[i]!);
    }
    const smallest = rest / multiplicity(parity, 0);
    if (smallest < 0 || !Number.isInteger(smallest)) throw damaged('frequencies have another sum');
    magnitudes[0] = smallest;
    return symmetricTable(parity, magnitudes, escape);
  }
  const first = reader.read(SYMBOL_BITS) - SYMBOL_LIMIT;
  const frequencies = new Uint16Array(reader.read(SYMBOL_BITS) + 1);
  let rest = FREQUENCY_TOTAL - escape;
  for (let i = 0; i + 1 < frequencies.length; i++) {
    frequencies[i] = reader.read(FREQUENCY_BITS);
    rest -= frequencies[i]!;
  }
  if (rest < 0) throw damaged('frequencies have another sum');
  if (first + frequencies.length - 1 > SYMBOL_LIMIT) throw damaged('it has too many frequencies');
  frequencies[frequencies.length - 1] = rest;
  return { first, frequencies, escape };
}

/** Frequencies by magnitude, where they are symmetric and fall from the second one on. */
function symmetricMagnitudes(
  parity: Parity,
  { first, frequencies }: FrequencyTable,
): Uint16Array | undefined {
  const last = first + frequencies.length - 1;
  if (first !== -last - parity) return undefined;
  const magnitudes = frequencies.slice(-first);
  for (let symbol = first; symbol <= last; symbol++) {
    if (frequencies[symbol - first] !== magnitudes[magnitudeOf(parity, symbol)]) return undefined;
  }
  for (let i = 2; i < magnitudes.length; i++) {
    if (magnitudes[i]! > magnitudes[i - 1]!) return undefined;
  }
  return magnitudes;
}
