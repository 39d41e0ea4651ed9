import { magnitudeOf, SYMBOL_LIMIT } from './frequencyTable';
import type { SymbolCounts } from './symbolCounts';

/** Most classes of weights that have frequencies of their own. */
export const MOST_CLASSES = 16;

/** A partition of levels into classes. */
export interface Partition {
  /** The first level of each class; the first is 0. */
  readonly starts: readonly number[];
  /** About what the weights and the tables of the classes take. */
  readonly bits: number;
}

/**
 * The best partition of the levels into 1, 2, … 16 classes of consecutive levels, by what their weights and
 * their tables take together: dynamic programming over the last class. `times`: how many weights each counted
 * one stands for.
 */
export function bestPartitions(counts: SymbolCounts, times: number): Partition[] {
  const { levels } = counts;
  const costs = classCosts(counts, times);
  let best = costs.map((from): Partition => ({ starts: [0], bits: from[0]! }));
  const partitions = [best[levels - 1]!];
  for (let classes = 2; classes <= Math.min(MOST_CLASSES, levels); classes++) {
    const fewer = best;
    best = fewer.map((_, last) => {
      let chosen: Partition = { starts: [], bits: Infinity };
      for (let start = classes - 1; start <= last; start++) {
        const before = fewer[start - 1]!;
        const bits = before.bits + costs[last]![start]!;
        if (bits < chosen.bits) chosen = { starts: [...before.starts, start], bits };
      }
      return chosen;
    });
    partitions.push(best[levels - 1]!);
  }
  return partitions;
}

/** Bits of the class of levels `first` to `last`, at `[last][first]`. */
function classCosts(counts: SymbolCounts, times: number): number[][] {
  const sums = ([0, 1] as const).map((parity) => cumulative(counts, parity));
  return Array.from({ length: counts.levels }, (_, last) =>
    Array.from({ length: last + 1 }, (_, first) =>
      sums.reduce((bits, of) => bits + contextBits(of[first]!, of[last + 1]!, times), 0),
    ),
  );
}

/** For each level, how often each magnitude occurs below it. */
function cumulative(counts: SymbolCounts, parity: 0 | 1): Float64Array[] {
  const sums = [new Float64Array(SYMBOL_LIMIT + 1)];
  for (let level = 0; level < counts.levels; level++) {
    const { symbols } = counts.context(level, level + 1, parity);
    const sum = sums[level]!.slice();
    symbols.forEach((count, i) => {
      if (count === 0) return;
      const magnitude = magnitudeOf(parity, i - SYMBOL_LIMIT);
      sum[magnitude] = sum[magnitude]! + count;
    });
    sums.push(sum);
  }
  const used = 1 + sums.at(-1)!.findLastIndex((count) => count > 0);
  return sums.map((sum) => sum.subarray(0, used));
}

/** Entropy of magnitudes, for signs cost the same in all classes, and as many bits of table as frequencies have. */
function contextBits(below: Float64Array, through: Float64Array, times: number): number {
  let total = 0;
  let weighted = 0;
  let table = 0;
  const { length } = through;
  for (let i = 0; i < length; i++) {
    const count = through[i]! - below[i]!;
    if (count === 0) continue;
    total += count;
    const logarithm = Math.log2(count);
    weighted += count * logarithm;
    table += logarithm;
  }
  if (total === 0) return 0;
  const weights = times * (total * Math.log2(total) - weighted);
  return weights + Math.max(0, table + length * (12 - Math.log2(total)));
}
