import { inParallel } from '../kernels/inParallel';
import type { KernelPool } from '../kernels/pool';
import type { PackedTensor } from '../packedTensor';
import type { JsonObject } from '../../protocol/validate';
import { chooseModel } from './chooseModel';
import { fillClasses, type EntropyModel } from './entropyModel';
import { encodeHead } from './head';
import { allStreams, chunkRanges, type Layout } from './layout';

export interface EncodeOptions {
  readonly pool: KernelPool;
  readonly signal?: AbortSignal | undefined;
  /** Fraction that is done, 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** A matrix with all that its search needs. */
export interface Matrix {
  readonly weights: Float32Array;
  readonly layout: Layout;
  /** Root mean square of each row. */
  readonly rms: Float64Array;
}

/** Share of the search in the time of an encoder. */
const SEARCH_SHARE = 0.9;

/** The integers of a whole matrix. */
export async function searchMatrix(
  { weights, layout, rms }: Matrix,
  step: number,
  stateBits: number,
  { pool, signal, onProgress }: EncodeOptions,
): Promise<Int16Array> {
  const streams = allStreams(layout);
  const { columns } = layout;
  const indices = new Int16Array(layout.size);
  const searchOne = async (i: number) => {
    const { start, end } = streams[i]!;
    const found = await pool.run('dependent.search', stateBits, {
      weights: weights.subarray(start, end),
      columns,
      column: start % columns,
      step,
      rms: rms.subarray(Math.floor(start / columns), Math.ceil(end / columns)),
    });
    indices.set(found, start);
  };
  await inParallel(streams.length, searchOne, {
    pool,
    signal,
    onDone: (done) => onProgress?.((SEARCH_SHARE * done) / streams.length),
  });
  return indices;
}

/** The chunks of a tensor whose integers and frequencies are chosen. */
export async function encodeChunks(
  indices: Int16Array,
  layout: Layout,
  model: EntropyModel,
  { pool, signal, onProgress }: EncodeOptions,
): Promise<Uint8Array[]> {
  const ranges = chunkRanges(layout);
  const encodeRange = (i: number) => {
    const { start, end } = ranges[i]!;
    const classes = new Uint8Array(end - start);
    fillClasses(model, layout, ranges[i]!, classes);
    return pool.run('dependent.encode', indices.subarray(start, end), classes, model.tables);
  };
  return inParallel(ranges.length, encodeRange, {
    pool,
    signal,
    onDone: (done) => onProgress?.(SEARCH_SHARE + ((1 - SEARCH_SHARE) * done) / ranges.length),
  });
}

export interface EncodedTensor {
  readonly packed: PackedTensor;
  readonly coding: JsonObject;
  readonly indices: Int16Array;
}

/** Codes a matrix: search, choice of frequencies, entropy code. */
export async function encodeTensor(
  matrix: Matrix,
  step: number,
  stateBits: number,
  options: EncodeOptions,
): Promise<EncodedTensor> {
  const { layout } = matrix;
  const indices = await searchMatrix(matrix, step, stateBits, options);
  const { model } = chooseModel(indices, layout);
  const chunks = await encodeChunks(indices, layout, model, options);
  return {
    packed: { head: encodeHead({ step, model }), chunks },
    coding: codingOf(stateBits, layout),
    indices,
  };
}

/** What the native file's listing says of a tensor. */
export function codingOf(stateBits: number, { columns, chunk }: Layout): JsonObject {
  return { stateBits, columns, chunk };
}

/** The weights that a decoder gets. */
export function reconstruct(indices: Int16Array, step: number): Float32Array {
  const values = new Float32Array(indices.length);
  for (const [i, index] of indices.entries()) values[i] = step * index;
  return values;
}
