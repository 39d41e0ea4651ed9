import { createInvolution, type Involution } from '../../math/involution';
import { numberAt } from '../../protocol/validate';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import { elementCount, rowLength } from '../matrixShape';
import { readLloydMaxHead } from './lloydMaxDecoder';
import { decodeScaledLevels } from './scaledLevels';

/**
 * Decodes `rotated-lloyd-max`: chunks of whole rows, in which groups start anew. Rows z are decoded in
 * units; x = float32(unit · P z), with P of the length of a row.
 */
export const openRotatedLloydMax: OpenDecoder = (coding, shape, head) => {
  const { unit, ...levels } = readLloydMaxHead(coding, head);
  const seed = numberAt(coding['seed'], 'seed', { min: 0, max: 2 ** 32 - 1, integer: true });
  const columns = rowLength(shape);
  const ranges = chunksOfGroups(elementCount(shape), columns);
  let involution: Involution | undefined;
  return {
    ranges,
    decode(index, chunk) {
      const { start, end } = ranges[index]!;
      const values = decodeScaledLevels(new FieldReader(chunk), end - start, 1, levels);
      if (unit === 0) return new Float32Array(end - start);
      involution ??= createInvolution(columns, seed);
      rotateRows(values, involution);
      for (let i = 0; i < values.length; i++) values[i] = unit * values[i]!;
      return values;
    },
  };
};

/** Replaces each row z by P z. */
export function rotateRows(values: Float32Array, involution: Involution): void {
  const { length } = involution;
  for (let start = 0; start < values.length; start += length) {
    involution.apply(values.subarray(start, start + length));
  }
}
