import { encodeFloat32 } from '../../modelfile/dtype';
import { decodePacked } from '../decodeTensor';
import { chunksOfGroups } from '../groups';
import type { QuantizationMethod } from '../method';
import { encodeScaledLevels } from './encodeScaledLevels';
import { largestMagnitude } from './magnitude';
import { NF4_LEVELS, openNf4 } from './nf4Decoder';
import { startScaledRows } from './scaledRows';

/**
 * NormalFloat (Dettmers et al., "QLoRA", 2023), the 4-bit type of bitsandbytes: sixteen fixed levels a group
 * of 64, scaled to its largest magnitude. Scales are float16, so a weight costs 4 + 16/64 = 4.25 bits;
 * bitsandbytes itself takes 4.5 with float32 scales, and 4.127 where it quantizes these once more to 8 bits
 * in blocks of 256 ("double quantization"), which moves the distortion by less than a percent.
 */
export const nf4: QuantizationMethod = {
  id: 'nf4',

  async quantize(values, shape, options) {
    const { groupSize } = options;
    const ranges = chunksOfGroups(values.length, groupSize);
    const unit = largestMagnitude(values);
    const levels = { levels: NF4_LEVELS, bits: 4, groupSize };
    const { chunks, meanLevels } = await encodeScaledLevels(
      values,
      ranges,
      unit,
      levels,
      largestMagnitude,
      options,
    );
    const packed = { head: encodeFloat32(Float32Array.of(unit), 'F32'), chunks };
    const coding = { groupSize };
    return {
      values: decodePacked(packed, { open: openNf4, coding, shape }),
      packed,
      coding,
      iterations: 0,
      levels: meanLevels,
    };
  },

  startRows(matrix, { groupSize }) {
    const unit = largestMagnitude(matrix.work);
    return startScaledRows(matrix, {
      levels: NF4_LEVELS,
      bits: 4,
      groupSize,
      unit,
      head: encodeFloat32(Float32Array.of(unit), 'F32'),
      fitScale: largestMagnitude,
      codingOf: (size) => ({ groupSize: size }),
    });
  },
};
