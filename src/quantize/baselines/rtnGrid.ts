import { largestMagnitude } from './magnitude';

/** A grid of a group: x̂ = step · (code − zero). */
export interface Grid {
  readonly step: number;
  readonly zero: number;
}

/** Shrink factors of the range that are tried first, and how the best is then refined. */
const COARSE = [1, 0.93, 0.86, 0.79, 0.72, 0.65, 0.58, 0.51, 0.44];
const REFINEMENTS = [-0.047, -0.023, 0.023, 0.047];

/**
 * The grid with the least squared error among these: the range of the group, extended to hold zero,
 * shrunk by factors from 1 to 0.4 about zero, and the step that is the largest magnitude itself, which
 * is exact for a constant group.
 */
export function fitGrid(group: Float32Array, bits: number): Grid {
  let low = 0;
  let high = 0;
  const { length } = group;
  for (let i = 0; i < length; i++) {
    const value = group[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const levels = 2 ** bits - 1;
  if (low === high) return { step: 0, zero: 0 };
  const constant = { step: Math.max(high, -low), zero: low < 0 ? 1 : 0 };
  let best: Grid = constant;
  let least = squaredError(group, best, levels);
  let bestFactor = 1;
  const attempt = (factor: number) => {
    const step = (factor * (high - low)) / levels;
    const zero = Math.floor((-factor * low) / step);
    for (const grid of [
      { step, zero },
      { step, zero: Math.min(zero + 1, levels) },
    ]) {
      const error = squaredError(group, grid, levels);
      if (error < least) {
        least = error;
        best = grid;
        bestFactor = factor;
      }
    }
  };
  COARSE.forEach(attempt);
  if (best !== constant) REFINEMENTS.map((change) => bestFactor + change).forEach(attempt);
  return best;
}

/** The symmetric grid that reaches to the largest magnitude. */
export function fullGrid(group: Float32Array, bits: number): Grid {
  const zero = 2 ** (bits - 1);
  return { step: largestMagnitude(group) / (zero - 1), zero };
}

function squaredError(group: Float32Array, { step, zero }: Grid, levels: number): number {
  const inverse = 1 / step;
  const offset = zero + 0.5;
  let error = 0;
  const { length } = group;
  for (let i = 0; i < length; i++) {
    const value = group[i]!;
    const nearest = (value * inverse + offset) | 0;
    const code = nearest < 0 ? 0 : nearest > levels ? levels : nearest;
    const difference = value - step * (code - zero);
    error += difference * difference;
  }
  return error;
}
