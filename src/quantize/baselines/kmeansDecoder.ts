import { numberAt } from '../../protocol/validate';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import { elementCount } from '../matrixShape';
import { packedLength, unpackCodes } from '../packing';

/**
 * Decodes `kmeans`. Head: f32 unit; 2^bits levels in units, float16. Chunks of groups of one weight hold the
 * codes. x = float32(unit · levels[code]).
 */
export const openKmeans: OpenDecoder = (coding, shape, head) => {
  const bits = numberAt(coding['bits'], 'bits', { min: 1, max: 8, integer: true });
  const fields = new FieldReader(head);
  const unit = fields.f32();
  const levels = fields.floats(2 ** bits, 'F16').map((level) => unit * level);
  fields.end();
  const ranges = chunksOfGroups(elementCount(shape), 1);
  return {
    ranges,
    decode(index, chunk) {
      const { start, end } = ranges[index]!;
      const size = end - start;
      const codes = new FieldReader(chunk);
      const unpacked = unpackCodes(codes.take(packedLength(size, bits)), bits, size);
      codes.end();
      return Float32Array.from(unpacked, (code) => levels[code]!);
    },
  };
};
