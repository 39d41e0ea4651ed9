import { encodeFloat32 } from '../../modelfile/dtype';
import { vectorsOf, type KashinCoding } from './coding';
import { rootMeanSquare } from './decomposition/norms';
import { readKashinHead, type KashinHead } from './kashinDecoder';

/** The unit is the largest root mean square of a vector, so that scales are fractions up to 1. */
export function startHead(
  coding: KashinCoding,
  values: Float32Array,
  shape: readonly number[],
): { readonly bytes: Uint8Array; readonly head: KashinHead } {
  const head = (unit: number) => encodeFloat32(Float32Array.of(unit), 'F32');
  const { chunks } = readKashinHead({ ...coding }, shape, head(0));
  let unit = 0;
  for (const chunk of chunks) {
    const elements = values.subarray(chunk.start, chunk.end);
    for (const { start, end } of vectorsOf(chunk, coding.vectorLength)) {
      unit = Math.max(unit, rootMeanSquare(elements.subarray(start, end)));
    }
  }
  return { bytes: head(unit), head: { coding, chunks, unit } };
}
