import type { FieldReader } from '../fieldReader';
import { consecutive } from '../groups';
import { packedLength, unpackCodes } from '../packing';

/** Levels that every group uses at a scale of its own. */
export interface ScaledLevels {
  /** 2^bits numbers, ascending. */
  readonly levels: Float32Array;
  readonly bits: number;
  readonly groupSize: number;
}

/**
 * Decodes `size` weights from a chunk: the scales of its groups (float16), then the codes.
 * x = float32(float32(unit · scale[group]) · levels[code]).
 */
export function decodeScaledLevels(
  chunk: FieldReader,
  size: number,
  unit: number,
  { levels, bits, groupSize }: ScaledLevels,
): Float32Array {
  const scales = chunk.floats(Math.ceil(size / groupSize), 'F16');
  const codes = unpackCodes(chunk.take(packedLength(size, bits)), bits, size);
  chunk.end();
  const values = new Float32Array(size);
  let group = 0;
  for (const { start, end } of consecutive(0, size, groupSize)) {
    const scale = Math.fround(unit * scales[group]!);
    for (let i = start; i < end; i++) values[i] = scale * levels[codes[i]!]!;
    group++;
  }
  return values;
}
