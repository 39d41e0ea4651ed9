import { createInvolution } from '../../math/involution';
import { decodePacked } from '../decodeTensor';
import { chunksOfGroups } from '../groups';
import { rowLength } from '../matrixShape';
import type { QuantizationMethod } from '../method';
import { encodeScaledLevels, fitLeastSquares } from './encodeScaledLevels';
import { lloydMaxHead } from './lloydMax';
import { readLloydMaxHead } from './lloydMaxDecoder';
import { boundedUnit, largestMagnitude } from './magnitude';
import { openRotatedLloydMax, rotateRows } from './rotatedLloydMaxDecoder';
import { startRotatedRows } from './rotatedRows';

/**
 * `lloyd-max` behind a rotation of each row by the random involution P, after which the weights of any
 * matrix are close to normal: outliers are spread over their row. This is HIGGS with scalar levels
 * (Malinovskii et al., 2024).
 */
export const rotatedLloydMax: QuantizationMethod = {
  id: 'rotated-lloyd-max',

  async quantize(values, shape, options) {
    const { bits, groupSize, seed } = options;
    const coding = { bits, groupSize, seed };
    const columns = rowLength(shape);
    const unit = largestMagnitude(values);
    const rotated = values.slice();
    if (unit > 0) {
      // In units, so that the sums of the transform are numbers whatever the weights are.
      for (let i = 0; i < rotated.length; i++) rotated[i] = rotated[i]! / unit;
      rotateRows(rotated, createInvolution(columns, seed));
    }
    const ranges = chunksOfGroups(values.length, columns);
    const levels = readLloydMaxHead(coding, lloydMaxHead(unit, bits));
    const { chunks } = await encodeScaledLevels(rotated, ranges, 1, levels, fitLeastSquares, options);
    const decode = (u: number) =>
      decodePacked({ head: lloydMaxHead(u, bits), chunks }, { open: openRotatedLloydMax, coding, shape });
    const bounded = boundedUnit(unit, decode);
    const packed = { head: lloydMaxHead(bounded, bits), chunks };
    return { values: decode(bounded), packed, coding, iterations: 0 };
  },

  startRows: startRotatedRows,
};
