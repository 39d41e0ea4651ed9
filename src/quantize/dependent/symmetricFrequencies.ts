import { apportion } from './apportion';
import { ESCAPED_BITS, escapeFrequency } from './escapes';
import {
  FREQUENCY_TOTAL,
  magnitudeOf,
  mostMagnitudes,
  multiplicity,
  SYMBOL_LIMIT,
  symmetricTable,
  type FrequencyTable,
  type Parity,
} from './frequencyTable';
import { totalOf, type ContextCounts } from './symbolCounts';

/**
 * The frequencies as counted of n and −n together, made to fall with |n|: what a normal source has, or any
 * generalised one, but for the noise of counting. Magnitudes far out are escaped where that is cheaper than
 * the places of all up to them.
 */
export function symmetricFrequencies(counts: ContextCounts): FrequencyTable {
  const { parity } = counts;
  const { folded, beyond } = foldCounts(counts);
  const used = Math.max(1, 1 + folded.findLastIndex((count) => count > 0));
  const each = Array.from(folded.subarray(0, used), (count, i) => count / multiplicity(parity, i));
  const fallen = [each[0]!, ...fall(each.slice(1))];
  const total = totalOf(counts);
  const length = cheapestLength(fallen, parity, total, beyond);
  const escaped = folded.subarray(length).reduce((sum, count) => sum + count, beyond);
  const magnitudes = apportion(fallen.slice(0, length), {
    total: FREQUENCY_TOTAL - escapeOf(escaped, total),
    times: (i) => multiplicity(parity, i),
    above: (i) => (i > 1 ? i - 1 : i),
  });
  return symmetricTable(parity, magnitudes, escapeOf(escaped, total));
}

/** The frequency of an escape: even, for so is the sum of all others where there is no zero. */
function escapeOf(escaped: number, total: number): number {
  return 2 * escapeFrequency(escaped / 2, total);
}

/** How often each magnitude occurs; `beyond`: what no table holds. */
function foldCounts(counts: ContextCounts): { readonly folded: Float64Array; readonly beyond: number } {
  const folded = new Float64Array(mostMagnitudes(counts.parity));
  let { beyond } = counts;
  counts.symbols.forEach((count, i) => {
    const magnitude = magnitudeOf(counts.parity, i - SYMBOL_LIMIT);
    if (magnitude < folded.length) folded[magnitude] = folded[magnitude]! + count;
    else beyond += count;
  });
  return { folded, beyond };
}

/**
 * How many magnitudes to keep in a table, by what the weights and the table then take. `each` is how often
 * one integer of each magnitude occurs.
 */
function cheapestLength(each: readonly number[], parity: Parity, total: number, beyond: number): number {
  // Each has a frequency of 1 at least, so that the sum of all is more than 4096.
  const shares = each.map((count) => Math.max(1, (FREQUENCY_TOTAL * count) / Math.max(1, total)));
  let sum = 0;
  let saved = 0;
  let tableBits = 0;
  let escaped = total;
  let best = each.length;
  let least = Infinity;
  for (const [i, count] of each.entries()) {
    const times = multiplicity(parity, i);
    sum += times * shares[i]!;
    saved += times * count * Math.log2(shares[i]!);
    tableBits += Math.log2(shares[i]!) + 1;
    escaped -= times * count;
    const isAll = i === each.length - 1;
    const rest = isAll ? beyond : Math.max(0, escaped);
    const escape = escapeOf(rest, total);
    const escapes = rest === 0 ? 0 : rest * (ESCAPED_BITS - Math.log2(escape));
    const bits = total * Math.log2(sum + escape) - saved + escapes + tableBits;
    if (bits < least) {
      least = bits;
      best = i + 1;
    }
  }
  return best;
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
