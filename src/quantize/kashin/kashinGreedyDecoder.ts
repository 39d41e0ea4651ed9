import { createInvolution } from '../../math/involution';
import { numberAt } from '../../protocol/validate';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { elementCount } from '../matrixShape';
import { packedLength, unpackCodes } from '../packing';
import { decodeFactor } from './factorDecoder';
import { segmentsOf } from './segments';

/**
 * Decodes `kashin-greedy`. The head is empty. A chunk is a segment: f32 scale; levels a, b of each group
 * of u (float16), then of v; codes of u (two bits each), then of v. x = scale · (u + Pv).
 */
export const openKashinGreedy: OpenDecoder = (coding, shape, head) => {
  const groupSize = numberAt(coding['groupSize'], 'groupSize', { min: 1, integer: true });
  const seed = numberAt(coding['seed'], 'seed', { min: 0, max: 2 ** 32 - 1, integer: true });
  new FieldReader(head).end();
  const ranges = segmentsOf(elementCount(shape));
  return {
    ranges,
    decode(index, chunk) {
      const { start, end } = ranges[index]!;
      const size = end - start;
      const groups = Math.ceil(size / groupSize);
      const fields = new FieldReader(chunk);
      const scale = fields.f32();
      const [uLevels, vLevels] = [fields.floats(2 * groups, 'F16'), fields.floats(2 * groups, 'F16')];
      const codes = () => unpackCodes(fields.take(packedLength(size, 2)), 2, size);
      const u = new Float32Array(size);
      decodeFactor(codes(), uLevels, groupSize, u);
      const v = new Float32Array(size);
      decodeFactor(codes(), vLevels, groupSize, v);
      fields.end();
      createInvolution(size, seed).apply(v);
      combine(u, v, scale);
      return u;
    },
  };
};

/** u ← scale · (u + Pv), each operation rounded to float32; zeros where the scale is zero. */
function combine(u: Float32Array, rotated: Float32Array, scale: number): void {
  if (scale === 0) {
    u.fill(0);
    return;
  }
  for (let i = 0; i < u.length; i++) u[i] = scale * Math.fround(u[i]! + rotated[i]!);
}
