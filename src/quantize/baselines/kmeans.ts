import { lloydSorted } from '../../math/lloydSorted';
import { Random } from '../../math/random';
import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { cooperate } from '../cooperate';
import { decodePacked } from '../decodeTensor';
import { joinBytes } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import type { QuantizationMethod, RowOptions } from '../method';
import { packCodes } from '../packing';
import { Codebook } from './codebook';
import { openKmeans } from './kmeansDecoder';
import { largestMagnitude } from './magnitude';

/** Weights that the levels are learnt from; more of them move the levels by less than float16 tells apart. */
const SAMPLE = 2 ** 18;
const ROUNDS = 300;
/** Of the histogram that the levels start from. */
const BINS = 4096;

/**
 * One set of levels a tensor: k-means of its weights. Costs `bits` bits a
 * weight and 2 bytes a level. This is what "k-means, 16 levels" stands for in comparisons (Merkulov et al.,
 * 2024).
 */
export const kmeans: QuantizationMethod = {
  id: 'kmeans',

  async quantize(values, shape, options) {
    const { bits } = options;
    const pause = cooperate(options.signal);
    await pause();
    const { codebook, head } = learnCodebook(values, options);
    const chunks: Uint8Array[] = [];
    for (const { start, end } of chunksOfGroups(values.length, 1)) {
      const codes = Uint8Array.from(values.subarray(start, end), (value) => codebook.nearest(value));
      chunks.push(packCodes(codes, bits));
      options.onProgress?.(end / values.length);
      await pause();
    }
    const packed = { head, chunks };
    const coding = { bits };
    return {
      values: decodePacked(packed, { open: openKmeans, coding, shape }),
      packed,
      coding,
      iterations: 0,
      levels: [...codebook.levels],
    };
  },

  startRows({ rows, columns, work }, options) {
    const { bits } = options;
    const { codebook, head } = learnCodebook(work, options);
    const levels = Float32Array.from(codebook.levels);
    const codes = new Uint8Array(rows * columns);
    return {
      code(index, reconstruction) {
        for (let j = 0, i = index * columns; j < columns; j++, i++) {
          const code = codebook.nearest(work[i]!);
          codes[i] = code;
          reconstruction[j] = levels[code]!;
        }
      },
      finish: () => ({
        packed: {
          head,
          chunks: chunksOfGroups(codes.length, 1).map(({ start, end }) =>
            packCodes(codes.subarray(start, end), bits),
          ),
        },
        coding: { bits },
      }),
    };
  },
};

/** Learns the levels of a tensor, as a file holds them, and writes the head that says them. */
function learnCodebook(
  values: Float32Array,
  { bits, seed }: RowOptions,
): { readonly codebook: Codebook; readonly head: Uint8Array } {
  const unit = largestMagnitude(values);
  const learnt = learnLevels(sampleOf(values, seed).sort(), 2 ** bits);
  const stored = encodeFloat32(
    Float32Array.from(learnt, (level) => (unit > 0 ? level / unit : 0)),
    'F16',
  );
  const rounded = decodeFloat32(new Uint8Array(stored), 'F16');
  return {
    codebook: new Codebook(Float64Array.from(rounded, (level) => unit * level)),
    head: joinBytes(encodeFloat32(Float32Array.of(unit), 'F32'), stored),
  };
}

/** At most {@link SAMPLE} of the values: one at random out of each of as many equal stretches. */
function sampleOf(values: Float32Array, seed: number): Float32Array {
  if (values.length <= SAMPLE) return values.slice();
  const random = new Random(seed);
  const stretch = values.length / SAMPLE;
  return Float32Array.from(
    { length: SAMPLE },
    (_, i) => values[Math.floor((i + random.uniform()) * stretch)]!,
  );
}

function learnLevels(sorted: Float32Array, count: number): Float64Array {
  const levels = startLevels(sorted, count);
  lloydSorted(sorted, levels, ROUNDS);
  return levels;
}

/**
 * Quantiles of the cube root of the density, which is how the best levels lie where they are many (Panter
 * and Dite, 1951). From quantiles of the density itself, Lloyd's algorithm ends with three times the error at
 * 8 bits: its steps out into the tails are too small.
 */
function startLevels(sorted: Float32Array, count: number): Float64Array {
  const low = sorted[0]!;
  const width = (sorted.at(-1)! - low) / BINS;
  const density = new Float64Array(BINS);
  for (const value of sorted) {
    const bin = width > 0 ? Math.min(Math.floor((value - low) / width), BINS - 1) : 0;
    density[bin] = density[bin]! + 1;
  }
  const roots = density.map(Math.cbrt);
  const share = roots.reduce((sum, root) => sum + root, 0) / count;
  const levels = new Float64Array(count);
  let bin = 0;
  let below = 0;
  for (let i = 0; i < count; i++) {
    const target = (i + 0.5) * share;
    while (bin + 1 < BINS && below + roots[bin]! <= target) below += roots[bin++]!;
    levels[i] = low + width * (bin + Math.min((target - below) / roots[bin]!, 1));
  }
  return levels;
}
