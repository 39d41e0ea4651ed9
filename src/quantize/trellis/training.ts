import { normalQuantile } from '../../math/normalQuantile';
import { Random } from '../../math/random';
import { createTrellisCode, SCALES, type TrellisCode } from './code';
import { createSearchKernel } from './searchKernel';
import { trellisWeights } from './weights';

export interface TrainingOptions {
  readonly bits: number;
  readonly windowBits: number;
  readonly seed: number;
  /** Rounds of Lloyd's algorithm, each on new samples. */
  readonly rounds: number;
  /** Normal numbers a round: so many for each entry of the table, but at most so many. */
  readonly samplesAnEntry: number;
  readonly mostSamples: number;
}

/** What the shipped tables were trained with. */
export const SHIPPED_TRAINING = { seed: 1, rounds: 100, samplesAnEntry: 400, mostSamples: 2 ** 21 };

/** How many samples the old value of an entry counts for. */
const INERTIA = 2;
/** An entry moves so many times as far as to its mean, which saves a third of the rounds. */
const OVERRELAXATION = 1.5;

/**
 * Trains the table of a code on normal samples: Lloyd's algorithm, with the trellis search in the place of
 * the nearest neighbour. An entry moves to the mean of the samples coded by it and, with the sign changed,
 * by its mirror image. Bucket u starts with the quantiles of ((i + ½) / 2^L + u) / U in random order, shrunk
 * by √(1 − 4^−K) as the values of an optimal code are. Values are whole numbers in every round, for the
 * search to see what it will work with.
 */
export function trainTrellis(options: TrainingOptions): TrellisCode {
  const { bits, windowBits, seed, rounds, samplesAnEntry, mostSamples } = options;
  const random = new Random(seed);
  const table = initialTable(bits, windowBits, random);
  const scale = SCALES[bits]!;
  const rounded = () => createTrellisCode({ bits, windowBits, scale, values: wholeNumbers(table, scale) });
  const numbers = new Float32Array(Math.min(samplesAnEntry * table.length, mostSamples));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < numbers.length; i++) numbers[i] = random.normal();
    improve(table, rounded(), numbers);
  }
  return rounded();
}

/** Rounded half away from zero, which keeps the symmetry. */
function wholeNumbers(table: Float64Array, scale: number): Int16Array {
  return Int16Array.from(table, (value) => Math.sign(value) * Math.floor(Math.abs(value) * scale + 0.5));
}

/** `[buckets, windows]`, in standard deviations; the upper buckets mirror the lower ones. */
function initialTable(bits: number, windowBits: number, random: Random): Float64Array {
  const windows = 2 ** windowBits;
  const buckets = 2 ** (bits - 1);
  const shrink = Math.sqrt(1 - 4 ** -bits);
  const table = new Float64Array(buckets * windows);
  for (let u = 0; u < buckets / 2; u++) {
    random.permutation(windows).forEach((i, window) => {
      const value = shrink * normalQuantile((u + (i + 0.5) / windows) / buckets);
      table[u * windows + window] = value;
      table[mirror(table, u * windows + window)] = -value;
    });
  }
  return table;
}

/** The entry of the opposite value: that of bucket U − 1 − u and window 2^L − 1 − w. */
function mirror(table: Float64Array, entry: number): number {
  return table.length - 1 - entry;
}

function improve(table: Float64Array, code: TrellisCode, numbers: Float32Array): void {
  const { entries } = createSearchKernel(code)(trellisWeights(numbers, code), 0);
  const sums = new Float64Array(table.length);
  const counts = new Float64Array(table.length);
  entries.forEach((entry, i) => {
    sums[entry] = sums[entry]! + numbers[i]!;
    counts[entry] = counts[entry]! + 1;
  });
  for (let entry = 0; entry < table.length / 2; entry++) {
    const opposite = mirror(table, entry);
    const sum = sums[entry]! - sums[opposite]! + INERTIA * table[entry]!;
    const mean = sum / (counts[entry]! + counts[opposite]! + INERTIA);
    table[entry] = table[entry]! + OVERRELAXATION * (mean - table[entry]!);
    table[opposite] = -table[entry]!;
  }
}
