import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { cooperate } from '../cooperate';
import { joinBytes } from '../fieldReader';
import { consecutive, type Range } from '../groups';
import type { QuantizeOptions } from '../method';
import { packCodes } from '../packing';
import { Codebook } from './codebook';
import type { ScaledLevels } from './scaledLevels';

/** Groups between two looks at the clock. */
const GROUPS_A_SLICE = 64;

/** Chooses the scale of a group, in its own units; 0 for a group of zeros. */
export type FitScale = (group: Float32Array, codebook: Codebook) => number;

export interface CodedGroups {
  readonly chunks: readonly Uint8Array[];
  /** The levels at the mean scale. */
  readonly meanLevels: readonly number[];
}

/** The chunks that `decodeScaledLevels` reads, one for each of the ranges. `unit` is above zero, or all weights are 0. */
export async function encodeScaledLevels(
  values: Float32Array,
  ranges: readonly Range[],
  unit: number,
  { levels, bits, groupSize }: ScaledLevels,
  fitScale: FitScale,
  { signal, onProgress }: Pick<QuantizeOptions, 'signal' | 'onProgress'>,
): Promise<CodedGroups> {
  const pause = cooperate(signal);
  const codebook = new Codebook(levels);
  const chunks: Uint8Array[] = [];
  let scaleSum = 0;
  let groupCount = 0;
  for (const range of ranges) {
    const groups = [...consecutive(range.start, range.end, groupSize)];
    const scales = new Float32Array(groups.length);
    for (const [g, { start, end }] of groups.entries()) {
      if (unit > 0) scales[g] = fitScale(values.subarray(start, end), codebook) / unit;
      if (g % GROUPS_A_SLICE === 0) {
        onProgress?.(end / values.length);
        await pause();
      }
    }
    const stored = encodeFloat32(scales, 'F16');
    const rounded = decodeFloat32(new Uint8Array(stored), 'F16');
    const codes = new Uint8Array(range.end - range.start);
    for (const [g, { start, end }] of groups.entries()) {
      const scale = unit * rounded[g]!;
      scaleSum += scale;
      groupCount++;
      const inverse = 1 / scale;
      for (let i = start; i < end; i++) {
        // Zeros by a scale of zero are no number, and any code stands for zero there.
        codes[i - range.start] = codebook.nearest(inverse === Infinity ? 0 : values[i]! * inverse);
      }
    }
    chunks.push(joinBytes(stored, packCodes(codes, bits)));
  }
  return { chunks, meanLevels: Array.from(levels, (level) => (level * scaleSum) / groupCount) };
}

/** Rounds of {@link fitLeastSquares}; the scale moves by less than 1e-3 after these. */
const FIT_ROUNDS = 8;

/** The scale of least squared error that is reached from the root mean square, for levels of unit variance. */
export function fitLeastSquares(group: Float32Array, codebook: Codebook): number {
  const { levels } = codebook;
  const { length } = group;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += group[i]! * group[i]!;
  let scale = Math.sqrt(squares / length);
  for (let round = 0; round < FIT_ROUNDS && scale > 0; round++) {
    const inverse = 1 / scale;
    let products = 0;
    let levelSquares = 0;
    for (let i = 0; i < length; i++) {
      const value = group[i]!;
      const level = levels[codebook.nearest(value * inverse)]!;
      products += value * level;
      levelSquares += level * level;
    }
    const fitted = products / levelSquares;
    if (fitted === scale) break;
    scale = fitted;
  }
  return scale;
}
