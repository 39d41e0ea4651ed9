import { numberAt, type JsonObject } from '../../protocol/validate';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import { elementCount } from '../matrixShape';
import { decodeScaledLevels, type ScaledLevels } from './scaledLevels';

/** What the head of `lloyd-max` and `rotated-lloyd-max` says: f32 unit; the upper half of the levels, float16. */
export function readLloydMaxHead(
  coding: JsonObject,
  head: Uint8Array,
): ScaledLevels & { readonly unit: number } {
  const bits = numberAt(coding['bits'], 'bits', { min: 1, max: 8, integer: true });
  const groupSize = numberAt(coding['groupSize'], 'groupSize', { min: 1, integer: true });
  const fields = new FieldReader(head);
  const unit = fields.f32();
  const upper = fields.floats(2 ** (bits - 1), 'F16');
  fields.end();
  const levels = Float32Array.from([...upper.toReversed().map((level) => -level), ...upper]);
  return { levels, bits, groupSize, unit };
}

/** Decodes `lloyd-max`: chunks of groups, see {@link decodeScaledLevels}. */
export const openLloydMax: OpenDecoder = (coding, shape, head) => {
  const { unit, ...levels } = readLloydMaxHead(coding, head);
  const ranges = chunksOfGroups(elementCount(shape), levels.groupSize);
  return {
    ranges,
    decode(index, chunk) {
      const { start, end } = ranges[index]!;
      return decodeScaledLevels(new FieldReader(chunk), end - start, unit, levels);
    },
  };
};
