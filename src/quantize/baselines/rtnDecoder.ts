import { numberAt } from '../../protocol/validate';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { chunksOfGroups, consecutive } from '../groups';
import { elementCount } from '../matrixShape';
import { packedLength, unpackCodes } from '../packing';

/**
 * Decodes `rtn`. Head: f32 unit. A chunk codes whole groups: their zero points (`bits` bits each, unless the
 * coding is symmetric: then all are 2^(bits − 1)), their steps (float16, in units), the codes of their
 * weights. x = step · (code − zero).
 */
export const openRtn: OpenDecoder = (coding, shape, head) => {
  const bits = numberAt(coding['bits'], 'bits', { min: 2, max: 8, integer: true });
  const groupSize = numberAt(coding['groupSize'], 'groupSize', { min: 1, integer: true });
  const symmetric = coding['symmetric'] === true;
  const fields = new FieldReader(head);
  const unit = fields.f32();
  fields.end();
  const ranges = chunksOfGroups(elementCount(shape), groupSize);
  return {
    ranges,
    decode(index, chunk) {
      const { start, end } = ranges[index]!;
      const size = end - start;
      const groups = Math.ceil(size / groupSize);
      const pieces = new FieldReader(chunk);
      const zeros = symmetric
        ? new Uint8Array(groups).fill(2 ** (bits - 1))
        : unpackCodes(pieces.take(packedLength(groups, bits)), bits, groups);
      const steps = pieces.floats(groups, 'F16');
      const codes = unpackCodes(pieces.take(packedLength(size, bits)), bits, size);
      pieces.end();
      const values = new Float32Array(size);
      let group = 0;
      for (const { start: from, end: to } of consecutive(0, size, groupSize)) {
        const step = Math.fround(unit * steps[group]!);
        const zero = zeros[group]!;
        for (let i = from; i < to; i++) values[i] = step * (codes[i]! - zero);
        group++;
      }
      return values;
    },
  };
};
