import { inParallel } from '../kernels/inParallel';
import { rowLength } from '../matrixShape';
import type { QuantizedTensor, QuantizeOptions } from '../method';
import type { ChunkSettings } from './decodeChunk';
import type { CodedChunk } from './encodeChunk';
import { chunkMatrices } from './layout';
import type { Sides } from './spreading';

/** Codes one chunk on the pool. */
export type ChunkTask = (weights: Float32Array, sides: Sides, settings: ChunkSettings) => Promise<CodedChunk>;

/** Codes a tensor chunk by chunk; `coding` is what the decoder of the code needs. */
export async function encodeTensor(
  values: Float32Array,
  shape: readonly number[],
  { groupSize, seed, pool, signal, onProgress }: QuantizeOptions,
  { coding, encode }: { readonly coding: object; readonly encode: ChunkTask },
): Promise<QuantizedTensor> {
  const columns = rowLength(shape);
  const settings: ChunkSettings = { seed, mixing: 'both', rowsAScale: Math.ceil(groupSize / columns) };
  const chunks = chunkMatrices(values.length, columns);
  const coded = await inParallel(
    chunks.length,
    (i) => {
      const { start, end, ...sides } = chunks[i]!;
      return encode(values.subarray(start, end), sides, settings);
    },
    { pool, signal, onDone: (done) => onProgress?.(done / chunks.length) },
  );
  const decoded = new Float32Array(values.length);
  coded.forEach((chunk, i) => decoded.set(chunk.values, chunks[i]!.start));
  return {
    values: decoded,
    packed: { head: new Uint8Array(0), chunks: coded.map(({ bytes }) => bytes) },
    coding: { ...coding, columns, ...settings },
    iterations: 0,
  };
}
