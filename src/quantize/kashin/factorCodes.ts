import { lloyd } from '../../math/lloyd';
import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { consecutive } from '../groups';
import { packCodes } from '../packing';

/** Lloyd rounds from the closed-form seeds; the levels move by less than 1e-3 after these. */
const LLOYD_ROUNDS = 12;

/** Codes one factor of a tensor, segment after segment, with four levels ±a, ±b for each group. */
export class FactorEncoder {
  private readonly codes: Uint8Array;
  private readonly levels: number[] = [];
  private coded = 0;

  constructor(
    length: number,
    private readonly groupSize: number,
  ) {
    this.codes = new Uint8Array(length);
  }

  /**
   * Codes the factor of the next segment, whose `steps` seed the levels; returns its levels as stored,
   * `[groups, 2]`: a and b of each group.
   */
  append(factor: Float32Array, steps: readonly number[]): Float32Array {
    const groups = [...consecutive(0, factor.length, this.groupSize)].map(({ start, end }) =>
      factor.subarray(start, end),
    );
    const stored = roundToFloat16(Float32Array.from(groups.flatMap((group) => fitLevels(group, steps))));
    for (const [g, group] of groups.entries()) {
      encodeGroup(group, stored[2 * g]!, stored[2 * g + 1]!, this.codes.subarray(this.coded));
      this.coded += group.length;
    }
    for (const level of stored) this.levels.push(level);
    return stored;
  }

  /** Two bits an entry. */
  packedCodes(): Uint8Array {
    return packCodes(this.codes, 2);
  }

  /** Float16 `[groups, 2]`. */
  packedLevels(): Uint8Array {
    return encodeFloat32(Float32Array.from(this.levels), 'F16');
  }
}

/** Writes the entries that `codes` stand for into `factor`; `levels` start at its first group. */
export function decodeFactor(
  codes: Uint8Array,
  levels: Float32Array,
  groupSize: number,
  factor: Float32Array,
): void {
  const table = new Float32Array(4);
  let group = 0;
  for (const { start, end } of consecutive(0, factor.length, groupSize)) {
    const small = levels[2 * group]!;
    const large = levels[2 * group + 1]!;
    table.set([small, large, -small, -large]);
    for (let i = start; i < end; i++) factor[i] = table[codes[i]!]!;
    group++;
  }
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

function roundToFloat16(values: Float32Array): Float32Array {
  return decodeFloat32(new Uint8Array(encodeFloat32(values, 'F16')), 'F16');
}
