import { encodeFloat32 } from '../../modelfile/dtype';
import { decodePacked } from '../decodeTensor';
import { joinBytes } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import type { QuantizationMethod } from '../method';
import { encodeScaledLevels, fitLeastSquares } from './encodeScaledLevels';
import { gaussianLevels } from './gaussianLevels';
import { openLloydMax, readLloydMaxHead } from './lloydMaxDecoder';
import { boundedUnit, largestMagnitude } from './magnitude';
import { startScaledRows } from './scaledRows';

/**
 * The best levels for normal numbers (Lloyd–Max), a group at the scale of least squared error. Costs
 * `bits` + 16 / `groupSize` bits a weight.
 */
export const lloydMax: QuantizationMethod = {
  id: 'lloyd-max',

  async quantize(values, shape, options) {
    const { bits, groupSize } = options;
    const coding = { bits, groupSize };
    const ranges = chunksOfGroups(values.length, groupSize);
    const unit = largestMagnitude(values);
    const levels = readLloydMaxHead(coding, lloydMaxHead(unit, bits));
    const { chunks, meanLevels } = await encodeScaledLevels(
      values,
      ranges,
      unit,
      levels,
      fitLeastSquares,
      options,
    );
    const decode = (u: number) =>
      decodePacked({ head: lloydMaxHead(u, bits), chunks }, { open: openLloydMax, coding, shape });
    const bounded = boundedUnit(unit, decode);
    const packed = { head: lloydMaxHead(bounded, bits), chunks };
    return { values: decode(bounded), packed, coding, iterations: 0, levels: meanLevels };
  },

  startRows(matrix, { bits, groupSize }) {
    const unit = largestMagnitude(matrix.work);
    const head = lloydMaxHead(unit, bits);
    return startScaledRows(matrix, {
      ...readLloydMaxHead({ bits, groupSize }, head),
      head,
      fitScale: fitLeastSquares,
      codingOf: (size) => ({ bits, groupSize: size }),
    });
  },
};

/** The head that {@link readLloydMaxHead} reads. */
export function lloydMaxHead(unit: number, bits: number): Uint8Array {
  const levels = encodeFloat32(Float32Array.from(gaussianLevels(bits)), 'F16');
  return joinBytes(encodeFloat32(Float32Array.of(unit), 'F32'), levels);
}
