import { lloyd } from '../../math/lloyd';
import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { consecutive } from '../groups';
import { codebookOfLevels, type Codebook } from './codebook';
import type { Side } from './decomposition/decomposition';

/** Lloyd rounds from the closed-form seeds; the levels move by less than 1e-3 after these. */
const LLOYD_ROUNDS = 12;

/** Levels of the groups of a chunk, and its codes. */
export interface SeparateCodes {
  /** As stored, float16: a and b of u, a and b of v, group after group. */
  readonly storedLevels: Uint8Array;
  /** The same as numbers, `[groups, 4]`. */
  readonly levels: Float32Array;
  /** One code for each element; see `codebookOfLevels`. */
  readonly codes: Uint8Array;
}

/** Sizes of the steps to each factor of one vector, in their order. */
export type Steps = Readonly<Record<Side, readonly number[]>>;

/**
 * Codes both factors with four levels ±a, ±b each, fitted to every `groupSize` entries.
 *
 * A factor is a signed sum ±c₁ ± c₂ ± c₃ … of its steps, whose sizes fall quickly, so its entries lie near the
 * four peaks ±c₁ ± c₂: a = |c₁ − c₂| and b = c₁ + c₂ start Lloyd's algorithm, without restarts (Cherniuk et al.,
 * "Structured Transforms for Low-Overhead Quantization of Language Models", 2026).
 *
 * @param stepsAt the steps of the vector that an entry belongs to; a group is seeded by its first one
 */
export function codeSeparately(
  u: Float32Array,
  v: Float32Array,
  stepsAt: (entry: number) => Steps,
  groupSize: number,
): SeparateCodes {
  const groups = [...consecutive(0, u.length, groupSize)];
  const fitted = groups.flatMap(({ start, end }) => {
    const steps = stepsAt(start);
    return [...fitLevels(u.subarray(start, end), steps.u), ...fitLevels(v.subarray(start, end), steps.v)];
  });
  const storedLevels = encodeFloat32(Float32Array.from(fitted), 'F16');
  const levels = decodeFloat32(new Uint8Array(storedLevels), 'F16');
  const codes = new Uint8Array(u.length);
  for (const [g, { start, end }] of groups.entries()) {
    const uThreshold = (levels[4 * g]! + levels[4 * g + 1]!) / 2;
    const vThreshold = (levels[4 * g + 2]! + levels[4 * g + 3]!) / 2;
    for (let i = start; i < end; i++) {
      codes[i] = codeOf(u[i]!, uThreshold) | (codeOf(v[i]!, vThreshold) << 2);
    }
  }
  return { storedLevels, levels, codes };
}

function fitLevels(group: Float32Array, [first = 0, second = 0]: readonly number[]): Float64Array {
  const levels = Float64Array.of(Math.abs(first - second), first + second);
  // Zeros come from vectors of zeros, which any level serves.
  const magnitudes = group.filter((value) => value !== 0).map(Math.abs);
  lloyd(magnitudes, levels, LLOYD_ROUNDS);
  return levels;
}

function codeOf(value: number, threshold: number): number {
  return (Math.abs(value) >= threshold ? 1 : 0) | (value < 0 ? 2 : 0);
}

/** The codebook of the mean levels of all groups, `[groups, 4]`. */
export function meanLevels(levels: Float32Array): Codebook {
  const groups = levels.length / 4;
  const mean = (k: number) => {
    let sum = 0;
    for (let i = k; i < levels.length; i += 4) sum += levels[i]!;
    return sum / groups;
  };
  return codebookOfLevels([mean(0), mean(1), mean(2), mean(3)]);
}
