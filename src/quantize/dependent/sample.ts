import type { TensorEntry } from '../../modelfile/model';
import { packedTensorLength } from '../packedTensor';
import { chunkTableBytes } from './chunk';
import { chooseModel } from './chooseModel';
import { searchMatrix, type EncodeOptions, type Matrix } from './encodeTensor';
import { encodeHead } from './head';
import { chunkRanges, layoutOf, rowCount, streamRanges, tensorLayout, type Layout } from './layout';
import { measureRows, type RowSizes } from './rowSizes';
import { stepFor } from './stepFor';
import type { TensorPlan } from '../method';

/** What a step search keeps of a tensor. */
export interface TensorSample {
  readonly layout: Layout;
  /** Of all rows. */
  readonly sizes: RowSizes;
  /** Some rows, or pieces of them, as a matrix. */
  readonly matrix: Matrix;
}

/** Pieces of rows are at most so long. */
const LONGEST_PIECE = 65536;
/**
 * Bits of a stream beyond those of its weights: 16 that its state starts with, and what the last state does
 * not fill of 32, 8 on average.
 */
const STREAM_BITS = 24;

/**
 * Takes about `share` weights of a tensor: whole rows, evenly spread over their order by size, or pieces of
 * long rows.
 */
export function sampleTensor(
  weights: Float32Array,
  { shape }: Pick<TensorEntry, 'shape'>,
  share: number,
): TensorSample {
  const layout = tensorLayout(shape);
  const sizes = measureRows(weights, layout);
  const whole = { layout, sizes };
  if (share >= layout.size) {
    return { ...whole, matrix: { weights, layout, rms: sizes.rms } };
  }
  const length = Math.min(layout.columns, LONGEST_PIECE);
  const full = Math.floor(layout.size / layout.columns);
  const order = Array.from({ length: full }, (_, row) => row).sort((a, b) => sizes.rms[a]! - sizes.rms[b]!);
  const pieces = Math.max(1, Math.round(share / length));
  const rows = Array.from({ length: pieces }, (_, i) => order[Math.floor(((i + 0.5) * full) / pieces)]!);
  const sampled = new Float32Array(pieces * length);
  for (const [i, row] of rows.entries()) {
    // Where a long row gives several pieces, they begin at different places.
    const start = row * layout.columns + Math.floor((i * (layout.columns - length)) / pieces);
    sampled.set(weights.subarray(start, start + length), i * length);
  }
  const matrix = {
    weights: sampled,
    layout: layoutOf(sampled.length, length),
    rms: Float64Array.from(rows, (row) => sizes.rms[row]!),
  };
  return { ...whole, matrix };
}

/** About the bits that a whole tensor takes in a native file under a plan, from its sample. */
export async function estimateBits(
  { layout, sizes, matrix }: TensorSample,
  plan: TensorPlan,
  stateBits: number,
  options: EncodeOptions,
): Promise<number> {
  const step = stepFor(plan, sizes);
  const indices = await searchMatrix(matrix, step, stateBits, options);
  const { model, weightBits } = chooseModel(indices, matrix.layout);
  const { rowLevels, columnLevels, ...classes } = model;
  const tables = 8 * encodeHead({ step, model: classes }).length;
  const perRow = 8 * encodeHead({ step, model: { ...classes, ...(rowLevels && { rowLevels }) } }).length;
  const perColumn =
    8 * encodeHead({ step, model: { ...classes, ...(columnLevels && { columnLevels }) } }).length;
  const ofRows = ((perRow - tables) * rowCount(layout)) / rowCount(matrix.layout);
  const ofColumns = ((perColumn - tables) * layout.columns) / matrix.layout.columns;
  const lengths = chunkRanges(layout).map(({ start, end }) => streamRanges(end - start).length);
  const chunks = lengths.map((streams) => chunkTableBytes(streams) + (streams * STREAM_BITS) / 8);
  const table = packedTensorLength({ head: new Uint8Array(0), chunks: chunks.map(() => new Uint8Array(0)) });
  const fixed = 8 * (table + chunks.reduce((sum, bytes) => sum + bytes, 0));
  return (weightBits * layout.size) / matrix.layout.size + tables + ofRows + ofColumns + fixed;
}
