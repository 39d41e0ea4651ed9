import { lloyd } from '../../math/lloyd';
import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { consecutive } from '../groups';
import { packCodes } from '../packing';

/** Lloyd rounds from the closed-form seeds; the levels move by less than 1e-3 after these. */
const LLOYD_ROUNDS = 12;

/** One factor of a segment with four levels ±a, ±b for each group. */
export interface CodedFactor {
  /** Two bits an entry, packed. */
  readonly codes: Uint8Array;
  /** Levels as stored, float16: a and b of each group. */
  readonly storedLevels: Uint8Array;
  /** The same as numbers, `[groups, 2]`. */
  readonly levels: Float32Array;
}

/** Codes a factor whose `steps` seed the levels. */
export function codeFactor(factor: Float32Array, steps: readonly number[], groupSize: number): CodedFactor {
  const groups = [...consecutive(0, factor.length, groupSize)];
  const fitted = groups.flatMap(({ start, end }) => fitLevels(factor.subarray(start, end), steps));
  const storedLevels = encodeFloat32(Float32Array.from(fitted), 'F16');
  const levels = decodeFloat32(new Uint8Array(storedLevels), 'F16');
  const codes = new Uint8Array(factor.length);
  for (const [g, { start, end }] of groups.entries()) {
    encodeGroup(factor.subarray(start, end), levels[2 * g]!, levels[2 * g + 1]!, codes.subarray(start, end));
  }
  return { codes: packCodes(codes, 2), storedLevels, levels };
}

/**
 * Levels a ≤ b for the magnitudes of one group.
 *
 * A factor is a signed sum ±c₁ ± c₂ ± c₃ … of its steps, whose sizes fall quickly, so its entries lie
 * near the four peaks ±c₁ ± c₂: a = c₁ − c₂ and b = c₁ + c₂ start Lloyd's algorithm, without restarts
 * (Cherniuk et al., "Structured Transforms for Low-Overhead Quantization of Language Models", 2026).
 */
function fitLevels(group: Float32Array, steps: readonly number[]): [number, number] {
  const [first = 0, second = 0] = steps;
  const levels = new Float64Array([Math.abs(first - second), first + second]);
  lloyd(group.map(Math.abs), levels, LLOYD_ROUNDS);
  return [levels[0]!, levels[1]!];
}

/** Codes of two bits: bit 0 chooses the larger level, bit 1 the negative sign. */
function encodeGroup(group: Float32Array, small: number, large: number, codes: Uint8Array): void {
  const threshold = (small + large) / 2;
  for (let i = 0; i < group.length; i++) {
    const value = group[i]!;
    codes[i] = (Math.abs(value) >= threshold ? 1 : 0) | (value < 0 ? 2 : 0);
  }
}
