import { Random } from '../../math/random';
import type { Batch, LinearModel } from '../../train/splitting/linearModel';

/** The small least-squares problem on which the reference program was run: six rows of four numbers. */
export const SMALL_ROWS: readonly (readonly number[])[] = [
  [1, 2, 0, -1],
  [0, 1, 3, 1],
  [2, -1, 1, 0],
  [1, 1, 1, 1],
  [-1, 2, 0, 3],
  [3, 0, -2, 1],
];
export const SMALL_START: readonly number[] = [0.1, 0.2, 0.3, 0.4];

/** Rows with one target each. */
export function smallBatch(rows: readonly (readonly number[])[], targets: readonly number[]): Batch {
  return {
    rows: rows.length,
    inputs: Float64Array.from(rows.flat()),
    targets: Float64Array.from(targets),
  };
}

export interface LeastSquares {
  readonly batches: readonly Batch[];
  /** What the targets were made from. */
  readonly truth: Float64Array;
}

/** Normal rows; targets of a truth of ones, with normal noise. */
export function randomLeastSquares(
  shape: { readonly rows: number; readonly width: number; readonly batchRows: number },
  noise: number,
  seed: number,
): LeastSquares {
  const { rows, width, batchRows } = shape;
  const random = new Random(seed);
  const batches = Array.from({ length: rows / batchRows }, () => {
    const inputs = Float64Array.from({ length: batchRows * width }, () => random.normal());
    const targets = Float64Array.from({ length: batchRows }, (_, row) => {
      let sum = noise * random.normal();
      for (let i = 0; i < width; i++) sum += inputs[row * width + i]!;
      return sum;
    });
    return { rows: batchRows, inputs, targets };
  });
  return { batches, truth: new Float64Array(width).fill(1) };
}

/** Weights uniform between ±1/√inputs, as PyTorch begins. */
export function uniformModel(inputs: number, outputs: number, seed: number): LinearModel {
  const random = new Random(seed);
  const bound = 1 / Math.sqrt(inputs);
  const weights = Float64Array.from({ length: inputs * outputs }, () => bound * (2 * random.uniform() - 1));
  return { inputs, outputs, weights };
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/** Error beyond which steps count as diverged. */
const DIVERGED = 1e9;

/**
 * Steps, over the batches in their order again and again, until the error is no more than the target:
 * `diverges`, or `> most`, where it does not come to that.
 */
export function stepsUntil(
  error: () => number,
  target: number,
  step: (batch: Batch) => void,
  batches: readonly Batch[],
  most: number,
): number | 'diverges' | `> ${number}` {
  for (let steps = 0; steps <= most; steps++) {
    const now = error();
    if (now <= target) return steps;
    if (!(now < DIVERGED)) return 'diverges';
    step(batches[steps % batches.length]!);
  }
  return `> ${most}`;
}
