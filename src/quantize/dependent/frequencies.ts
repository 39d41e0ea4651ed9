import { apportion } from './apportion';
import { ESCAPED_BITS, escapeFrequency } from './escapes';
import { FREQUENCY_TOTAL, SYMBOL_LIMIT, tableBits, type FrequencyTable } from './frequencyTable';
import { totalOf, type ContextCounts } from './symbolCounts';
import { symmetricFrequencies } from './symmetricFrequencies';

/**
 * A symbol in a table takes at least 1/4096 of all probability, log₂(e)/4096 bits of every weight; without,
 * it costs some 28 bits whenever it occurs. It is worth a place from this share of the weights on.
 */
const WORTH_A_PLACE = Math.LOG2E / FREQUENCY_TOTAL / 28;

export interface ChosenTable {
  readonly table: FrequencyTable;
  /** Bits of the weights of its context. */
  readonly weightBits: number;
}

/**
 * The frequencies that make the file smallest: those counted, or, as tables of n and −n alike are much
 * smaller, those counted of n and −n together, made to fall with |n|.
 */
export function chooseTable(counts: ContextCounts): ChosenTable {
  const candidates = [symmetricFrequencies(counts)];
  if (totalOf(counts) > 0) candidates.push(plainFrequencies(counts));
  return candidates
    .map((table) => {
      const weightBits = codedBits(counts, table);
      return { table, weightBits, bits: weightBits + tableBits(counts.parity, table) };
    })
    .reduce((best, other) => (other.bits < best.bits ? other : best));
}

/** Bits that the weights of a context take with a table. */
export function codedBits(counts: ContextCounts, { first, frequencies, escape }: FrequencyTable): number {
  let bits = 0;
  let escaped = counts.beyond;
  counts.symbols.forEach((count, i) => {
    if (count === 0) return;
    const frequency = frequencies[i - SYMBOL_LIMIT - first] ?? 0;
    if (frequency > 0) bits += count * Math.log2(FREQUENCY_TOTAL / frequency);
    else escaped += count;
  });
  return escaped === 0 ? bits : bits + escaped * (Math.log2(FREQUENCY_TOTAL / escape) + ESCAPED_BITS);
}

/** The frequencies as counted; symbols that are not worth a place are escaped. */
function plainFrequencies(counts: ContextCounts): FrequencyTable {
  const total = totalOf(counts);
  const kept = counts.symbols.map((count) => (count > WORTH_A_PLACE * total ? count : 0));
  const escaped = total - kept.reduce((sum, count) => sum + count, 0);
  const escape = escapeFrequency(escaped, total);
  const isKept = (count: number) => count > 0;
  const begin = Math.max(0, kept.findIndex(isKept));
  const end = Math.max(begin, kept.findLastIndex(isKept)) + 1;
  const frequencies = apportion(kept.subarray(begin, end), {
    total: FREQUENCY_TOTAL - escape,
    times: () => 1,
    above: (i) => i,
  });
  return { first: begin - SYMBOL_LIMIT, frequencies, escape };
}
