import path from 'node:path';
import { Random } from '../math/random';
import type { Model, TensorEntry } from '../modelfile/model';
import { UserError } from '../protocol/userError';
import { isFinite } from './finite';
import { elementCount, rowLength } from './matrixShape';
import type { PlannedTensor } from './method';
import { keepReason } from './selection';

/** Weights of a model, to try methods on. */
export interface WeightSample {
  /** Whole tensors, or some consecutive rows of one; each is coded as a tensor of its own. */
  readonly blocks: readonly SampledBlock[];
  readonly weights: number;
  /** How many tensors the blocks are of. */
  readonly tensors: number;
}

export interface SampledBlock extends PlannedTensor {
  readonly values: Float32Array;
}

export interface SampleOptions {
  /** Patterns of names that are kept, see {@link keepReason}. */
  readonly keep: readonly string[];
  readonly seed: number;
  /** About how many weights at most; a model that has no more is taken whole. */
  readonly most: number;
  readonly signal?: AbortSignal;
}

/** Weights of a block: so many that what a method stores a tensor counts about as it does in the whole file. */
const BLOCK_WEIGHTS = 2 ** 15;

/**
 * Takes a sample of the weights that a quantization would code: blocks of rows around equally spaced weights
 * of the whole, the first one at random, so that each weight is as likely to be in it as any other. Blocks
 * with numbers that are not finite are left out.
 * @throws UserError `nothing-to-quantize`
 */
export async function sampleWeights(
  model: Model,
  { keep, seed, most, signal }: SampleOptions,
): Promise<WeightSample> {
  const entries = model.tensors.filter((tensor) => keepReason(tensor, keep) === undefined);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  const blocks: SampledBlock[] = [];
  const sampled = new Set<TensorEntry>();
  for (const [entry, rows] of chooseRows(entries, total, { seed, most })) {
    signal?.throwIfAborted();
    const values = await model.readFloat32(entry.name);
    const columns = rowLength(entry.shape);
    for (const { start, end } of rows) {
      const block = values.slice(start * columns, end * columns);
      if (!isFinite(block)) continue;
      const isWhole = block.length === values.length;
      const shape = isWhole ? entry.shape : [end - start, columns];
      const name = isWhole ? entry.name : `${entry.name} ${start}`;
      sampled.add(entry);
      blocks.push({
        entry: { ...entry, name, shape, size: block.length, bytes: block.byteLength },
        // The measure is the error of weights, in which no tensor has bits to spare.
        bitsToSpare: 0,
        values: block,
        read: () => Promise.resolve(block),
      });
    }
  }
  if (blocks.length === 0) {
    throw new UserError(
      'nothing-to-quantize',
      `${path.basename(model.path)} has no weights to sample: all its tensors are small, vectors, or kept by name.`,
      'Choose a model with weight matrices.',
    );
  }
  return {
    blocks,
    weights: blocks.reduce((sum, { values }) => sum + values.length, 0),
    tensors: sampled.size,
  };
}

interface Rows {
  readonly start: number;
  readonly end: number;
}

/** The rows to take of each tensor, in the order of the file. */
function chooseRows(
  entries: readonly TensorEntry[],
  total: number,
  { seed, most }: Pick<SampleOptions, 'seed' | 'most'>,
): ReadonlyMap<TensorEntry, readonly Rows[]> {
  const rowsOf = (entry: TensorEntry) => elementCount(entry.shape) / rowLength(entry.shape);
  if (total <= most) return new Map(entries.map((entry) => [entry, [{ start: 0, end: rowsOf(entry) }]]));
  const chosen = new Map<TensorEntry, Rows[]>();
  const offset = new Random(seed).uniform();
  const blocks = Math.max(1, Math.floor(most / BLOCK_WEIGHTS));
  let passed = 0;
  let next = 0;
  for (const entry of entries) {
    const columns = rowLength(entry.shape);
    const rows = rowsOf(entry);
    const wanted = Math.min(rows, Math.max(1, Math.floor(most / blocks / columns)));
    for (; next < blocks; next++) {
      const within = ((next + offset) / blocks) * total - passed;
      if (within >= entry.size) break;
      const middle = Math.floor(within / columns);
      const start = Math.min(Math.max(0, middle - Math.floor(wanted / 2)), rows - wanted);
      const before = chosen.get(entry) ?? [];
      // At the ends of a tensor blocks are moved inwards, where they may meet.
      const free = Math.max(start, before.at(-1)?.end ?? 0);
      if (free < start + wanted) chosen.set(entry, [...before, { start: free, end: start + wanted }]);
    }
    passed += entry.size;
  }
  return chosen;
}
