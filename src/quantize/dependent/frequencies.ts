import {
  FREQUENCY_TOTAL,
  magnitudeOf,
  mostMagnitudes,
  multiplicity,
  SYMBOL_LIMIT,
  symmetricTable,
  tableBits,
  type FrequencyTable,
} from './frequencyTable';
import type { ContextCounts } from './symbolCounts';

/** Bits of a symbol after an escape. */
const ESCAPED_BITS = 16;
/** Halvings of the interval that a scale is sought in. */
const SCALE_ROUNDS = 24;
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
  const total = totalOf(counts);
  const worths = counts.symbols.some((count) => count > 0 && count <= 2 * WORTH_A_PLACE * total)
    ? [WORTH_A_PLACE, 0]
    : [0];
  return worths
    .flatMap((worth) =>
      total > 0
        ? [symmetricCounts(counts, worth), plainCounts(counts, worth)]
        : [symmetricCounts(counts, worth)],
    )
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

function totalOf({ symbols, beyond }: ContextCounts): number {
  return symbols.reduce((sum, count) => sum + count, beyond);
}

function symmetricCounts(counts: ContextCounts, worth: number): FrequencyTable {
  const { parity } = counts;
  const folded = new Float64Array(mostMagnitudes(parity));
  let escaped = counts.beyond;
  counts.symbols.forEach((count, i) => {
    const magnitude = magnitudeOf(parity, i - SYMBOL_LIMIT);
    if (magnitude < folded.length) folded[magnitude] = folded[magnitude]! + count;
    else escaped += count;
  });
  const total = totalOf(counts);
  const length = Math.max(1, 1 + folded.findLastIndex((count) => count > 2 * worth * total));
  escaped += folded.subarray(length).reduce((sum, count) => sum + count, 0);
  // The escape's frequency is even, for so is the sum of all others where there is no zero.
  const escape = 2 * escapeFrequency(escaped / 2, total);
  const each = Array.from(folded.subarray(0, length), (count, i) => count / multiplicity(parity, i));
  const fallen = [each[0]!, ...fall(each.slice(1))];
  const magnitudes = apportion(fallen, (i) => multiplicity(parity, i), FREQUENCY_TOTAL - escape, 0);
  return symmetricTable(parity, magnitudes, escape);
}

function plainCounts(counts: ContextCounts, worth: number): FrequencyTable {
  const total = totalOf(counts);
  const kept = counts.symbols.map((count) => (count > worth * total ? count : 0));
  const escaped = total - kept.reduce((sum, count) => sum + count, 0);
  const escape = escapeFrequency(escaped, total);
  const begin = Math.max(
    0,
    kept.findIndex((count) => count > 0),
  );
  const end =
    Math.max(
      begin,
      kept.findLastIndex((count) => count > 0),
    ) + 1;
  const weights = kept.subarray(begin, end);
  const most = weights.indexOf(Math.max(...weights));
  const frequencies = apportion(weights, () => 1, FREQUENCY_TOTAL - escape, most);
  return { first: begin - SYMBOL_LIMIT, frequencies, escape };
}

/** Frequency of escapes: their share, at least 1 and at most half of all. */
function escapeFrequency(escaped: number, total: number): number {
  if (escaped === 0) return 0;
  return Math.min(Math.max(1, Math.round((FREQUENCY_TOTAL * escaped) / total)), FREQUENCY_TOTAL / 4);
}

/**
 * The falling sequence nearest to `values` in squares: neighbours that rise are replaced by their mean
 * (pooling of adjacent violators).
 */
function fall(values: readonly number[]): number[] {
  const pools: { sum: number; length: number }[] = [];
  for (const value of values) {
    let pool = { sum: value, length: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum * pool.length < pool.sum * last.length;
      last = pools.at(-1)
    ) {
      pool = { sum: last.sum + pool.sum, length: last.length + pool.length };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, length }) => Array<number>(length).fill(sum / length));
}

/**
 * Whole frequencies in proportion to `weights`, at least 1 where a weight is not 0, whose sum with
 * multiplicities is `total`. Entry `free` takes what rounding leaves.
 */
function apportion(
  weights: ArrayLike<number>,
  times: (i: number) => number,
  total: number,
  free: number,
): Uint16Array {
  const { length } = weights;
  const frequencies = new Uint16Array(length);
  const multiplicities = Uint8Array.from({ length }, (_, i) => times(i));
  let sum = 0;
  for (let i = 0; i < length; i++) sum += weights[i]! * multiplicities[i]!;
  /** Rounds at a scale, and returns what is left for the free entry. */
  const place = (scale: number) => {
    let others = 0;
    for (let i = 0; i < length; i++) {
      const weight = weights[i]!;
      frequencies[i] = weight > 0 ? Math.max(1, Math.round(weight * scale)) : 0;
      if (i !== free) others += frequencies[i]! * multiplicities[i]!;
    }
    return (total - others) / multiplicities[free]!;
  };
  let low = 0;
  let high = sum > 0 ? (2 * total) / sum : 0;
  for (let round = 0; round < SCALE_ROUNDS; round++) {
    const middle = (low + high) / 2;
    if (place(middle) >= Math.max(1, frequencies[free]!)) low = middle;
    else high = middle;
  }
  const rest = place(low);
  frequencies[free] = rest;
  return frequencies;
}
