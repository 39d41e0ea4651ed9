import { numberAt } from '../../protocol/validate';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import { elementCount } from '../matrixShape';
import { decodeScaledLevels } from './scaledLevels';

/**
 * The sixteen levels of NormalFloat: quantiles of a normal distribution, scaled to ±1, with an exact zero
 * (Dettmers et al., "QLoRA", 2023, appendix E).
 */
// prettier-ignore
export const NF4_LEVELS = Float32Array.of(
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
  -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
);

/** Decodes `nf4`. Head: f32 unit. Chunks of groups, see {@link decodeScaledLevels}. */
export const openNf4: OpenDecoder = (coding, shape, head) => {
  const groupSize = numberAt(coding['groupSize'], 'groupSize', { min: 1, integer: true });
  const fields = new FieldReader(head);
  const unit = fields.f32();
  fields.end();
  const ranges = chunksOfGroups(elementCount(shape), groupSize);
  return {
    ranges,
    decode(index, chunk) {
      const { start, end } = ranges[index]!;
      const levels = { levels: NF4_LEVELS, bits: 4, groupSize };
      return decodeScaledLevels(new FieldReader(chunk), end - start, unit, levels);
    },
  };
};
