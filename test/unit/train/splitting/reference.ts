import { symmetricEigen } from '../../../../src/math/symmetricEigen';
import type { Batch } from '../../../../src/train/splitting/linearModel';

/** The small problem of the reference vectors: six rows of four numbers, and where they were taken from. */
export const ROWS: readonly (readonly number[])[] = [
  [1, 2, 0, -1],
  [0, 1, 3, 1],
  [2, -1, 1, 0],
  [1, 1, 1, 1],
  [-1, 2, 0, 3],
  [3, 0, -2, 1],
];
export const TRUTH = [1, -2, 0.5, 3];
export const START = [0.1, 0.2, 0.3, 0.4];
export const ANSWERS = [-6, 2.5, 4.5, 2.5, 4, 5];
/** Rows at odds with each other. */
export const NOISY_ANSWERS = [-5.7, 2.3, 4.6, 2.1, 4.2, 5.3];

/** Some of the rows, with those targets. */
export function batchOf(indices: readonly number[], targets: readonly number[]): Batch {
  return {
    rows: indices.length,
    inputs: Float64Array.from(indices.flatMap((i) => [...ROWS[i]!])),
    targets: Float64Array.from(targets),
  };
}

/** The three batches of two rows. */
export function pairs(answers: readonly number[]): Batch[] {
  return [0, 2, 4].map((first) => batchOf([first, first + 1], answers.slice(first, first + 2)));
}

/** Xᵀ = Q·R with a positive diagonal of R, for a batch of two independent rows: Q as rows `[inputs, 2]`. */
export function factorizePair({ inputs }: Batch): { q: number[][]; r: number[][] } {
  const width = inputs.length / 2;
  const first = [...inputs.subarray(0, width)];
  const second = [...inputs.subarray(width)];
  const r11 = Math.hypot(...first);
  const q1 = first.map((x) => x / r11);
  const r12 = q1.reduce((sum, q, i) => sum + q * second[i]!, 0);
  const rest = second.map((x, i) => x - r12 * q1[i]!);
  const r22 = Math.hypot(...rest);
  return {
    q: q1.map((q, i) => [q, rest[i]! / r22]),
    r: [
      [r11, r12],
      [0, r22],
    ],
  };
}

/** e^(−t·RRᵀ) of a 2 × 2 R. */
export function exponential(r: readonly (readonly number[])[], t: number): number[][] {
  const product = [0, 1].map((i) => [0, 1].map((j) => r[i]![0]! * r[j]![0]! + r[i]![1]! * r[j]![1]!));
  const { values, vectors } = symmetricEigen(Float64Array.from(product.flat()));
  return [0, 1].map((i) =>
    [0, 1].map((j) =>
      [0, 1].reduce(
        (sum, k) => sum + Math.exp(-t * values[k]!) * vectors[2 * k + i]! * vectors[2 * k + j]!,
        0,
      ),
    ),
  );
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(...Array.from(a, (x, i) => x - b[i]!));
}
