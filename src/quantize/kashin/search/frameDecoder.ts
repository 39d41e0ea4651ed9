import { numberAt } from '../../../protocol/validate';
import { damaged } from '../../damage';
import { FieldReader } from '../../fieldReader';
import { incoherentDecoder } from '../../incoherence/decoder';
import type { UnitDecoder } from '../../incoherence/unitCode';
import { packedLength, unpackCodes } from '../../packing';
import { blocksOf, frameSigns } from './blocks';
import { frameOf, type Frame } from './frame';
import { hadamardOfCodes, synthesize } from './synthesis';

/**
 * Decodes `kashin-search`. The codes of a chunk are f16 levels (of positive u, then b), a plane of v, one bit a
 * weight, and a plane of u, K − 1 bits a weight; code c of n bits stands for 2c − (2ⁿ − 1).
 */
export const openKashinSearch = incoherentDecoder((coding, seed) => {
  const bits = numberAt(coding['bits'], 'bits');
  const frame = frameOf(bits);
  if (frame === undefined) throw damaged(`there is no frame of ${bits} bits`);
  return frameDecoder(frame, seed);
});

export function frameDecoder({ bits, levels }: Frame, seed: number): UnitDecoder {
  const levelBytes = 2 * levels.length;
  const signs = frameSigns(seed);
  return {
    byteLength: (count) => levelBytes + packedLength(count, 1) + packedLength(count, bits - 1),
    decode(bytes, count, rowLength) {
      const fields = new FieldReader(bytes);
      const stored = fields.floats(levels.length, 'F16');
      if (!stored.every(Number.isFinite)) throw damaged('its levels are not finite');
      const v = unpackCodes(fields.take(packedLength(count, 1)), 1, count);
      const u = unpackCodes(fields.take(packedLength(count, bits - 1)), bits - 1, count);
      const numbers = new Float32Array(count);
      for (const { start, end } of blocksOf(count, rowLength)) {
        const sums = hadamardOfCodes(v.subarray(start, end));
        numbers.set(synthesize(u.subarray(start, end), sums, stored, signs), start);
      }
      return numbers;
    },
  };
}
