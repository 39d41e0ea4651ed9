import type { Tensor1D, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../../src/engine/engine';
import { Random } from '../../../../src/math/random';
import { flatten } from '../../../../src/train/instruments/flatVector';

/** Least squares in three weights and an offset, of which everything is known in float64. */
export interface LinearProblem {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly weights: readonly number[];
}

/** Targets are far from what the weights say: examples have gradients of their own. */
export function linearProblem(size: number, seed = 1, noise = 0.5): LinearProblem {
  const random = new Random(seed);
  const x = Array.from({ length: size }, () => [
    random.normal(),
    2 * random.normal(),
    random.normal() / 2,
    1,
  ]);
  return {
    x,
    y: x.map(([a, b, c]) => a! - 0.5 * b! + 2 * c! + 0.3 + noise * random.normal()),
    weights: [0.2, 0.1, -0.4, 0.05],
  };
}

/** ∇ᵢ of the squared error of each example: 2(w·xᵢ − yᵢ)·xᵢ. */
export function exampleGradients({ x, y, weights }: LinearProblem): number[][] {
  return x.map((row, i) => {
    const error = row.reduce((sum, entry, k) => sum + entry * weights[k]!, 0) - y[i]!;
    return row.map((entry) => 2 * error * entry);
  });
}

/** 2·XᵀX / n. */
export function hessian({ x }: LinearProblem): number[][] {
  const width = x[0]!.length;
  return Array.from({ length: width }, (_, i) =>
    Array.from(
      { length: width },
      (_, j) => (2 * x.reduce((sum, row) => sum + row[i]! * row[j]!, 0)) / x.length,
    ),
  );
}

/** Largest eigenvalue of a positive matrix, by many powers. */
export function largestOf(matrix: readonly (readonly number[])[]): number {
  let vector = matrix.map(() => 1);
  let largest = 0;
  for (let i = 0; i < 5000; i++) {
    const product = matrix.map((row) => row.reduce((sum, entry, k) => sum + entry * vector[k]!, 0));
    largest = Math.hypot(...product);
    vector = product.map((entry) => entry / largest);
  }
  return largest;
}

/** The weights as two variables, `[3, 1]` and `[1]`, and the gradients of rows of the problem by TensorFlow.js. */
export function inTensors(
  tf: TensorFlow,
  { x, y, weights }: LinearProblem,
): { readonly variables: Variable[]; readonly gradientOf: (rows: readonly number[]) => Tensor1D } {
  const variables = [
    tf.variable(tf.tensor2d(weights.slice(0, 3), [3, 1])),
    tf.variable(tf.tensor1d([weights[3]!])),
  ];
  const [kernel, bias] = variables as [Variable, Variable];
  const gradientOf = (rows: readonly number[]): Tensor1D =>
    tf.tidy(() => {
      const inputs = tf.tensor2d(rows.map((i) => x[i]!.slice(0, 3)));
      const targets = tf.tensor2d(rows.map((i) => [y[i]!]));
      const { grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.sub(tf.add(tf.matMul(inputs, kernel), bias), targets))),
        variables,
      );
      return flatten(
        tf,
        variables.map(({ name }) => grads[name]!),
      );
    });
  return { variables, gradientOf };
}
