import type { Rank, Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { Curvature } from '../../../../src/train/instruments/curvature';
import { flatten } from '../../../../src/train/instruments/flatVector';
import { hessian, inTensors, largestOf, linearProblem } from './linearProblem';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('cpu'));
});

const PROBLEM = linearProblem(30);
const ALL = PROBLEM.x.map((_, i) => i);

function linear() {
  const { variables, gradientOf } = inTensors(tf, PROBLEM);
  return { variables, curvature: new Curvature(tf, variables, () => gradientOf(ALL)) };
}

/** A network of two layers with tanh, of 2·3 + 3 weights, and its loss in float64. */
function network() {
  const inputs = [
    [0.3, -1.2],
    [0.8, 0.5],
    [-0.6, 0.9],
    [1.1, 0.2],
  ];
  const targets = [0.5, -0.2, 0.9, 0.1];
  const start = [0.4, -0.3, 0.7, 0.2, 0.6, -0.5, 0.9, -0.8, 0.3];
  const lossAt = (w: readonly number[]): number =>
    inputs.reduce((sum, [a, b], i) => {
      const output = [0, 1, 2].reduce(
        (total, k) => total + w[6 + k]! * Math.tanh(a! * w[k]! + b! * w[3 + k]!),
        0,
      );
      return sum + (output - targets[i]!) ** 2 / inputs.length;
    }, 0);
  const variables = [
    tf.variable(tf.tensor2d(start.slice(0, 6), [2, 3])),
    tf.variable(tf.tensor2d(start.slice(6), [3, 1])),
  ];
  const [first, second] = variables as [Variable, Variable];
  const gradientAt = (): Tensor1D =>
    tf.tidy(() => {
      const loss = (): Scalar =>
        tf.mean(
          tf.square(
            tf.sub(
              tf.matMul(tf.tanh(tf.matMul(tf.tensor2d(inputs), first)), second),
              tf.tensor2d(targets, [4, 1]),
            ),
          ),
        );
      const { grads } = tf.variableGrads(loss, variables);
      return flatten(
        tf,
        variables.map(({ name }) => grads[name]!),
      );
    });
  return { start, lossAt, variables, curvature: new Curvature(tf, variables, gradientAt) };
}

/** Second differences of a function in float64. */
function hessianOf(lossAt: (w: readonly number[]) => number, at: readonly number[]): number[][] {
  const e = 1e-4;
  const moved = (i: number, a: number, j: number, b: number): number =>
    lossAt(at.map((value, k) => value + (k === i ? a : 0) + (k === j ? b : 0)));
  return at.map((_, i) =>
    at.map(
      (_, j) =>
        (moved(i, e, j, e) - moved(i, e, j, -e) - moved(i, -e, j, e) + moved(i, -e, j, -e)) / (4 * e * e),
    ),
  );
}

describe('curvature', () => {
  it('multiplies by the Hessian of a network, and leaves the weights as they were', () => {
    const { start, lossAt, variables, curvature } = network();
    const exact = hessianOf(lossAt, start);
    const before = variables.flatMap((variable) => [...variable.dataSync()]);
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < start.length; i++) {
      const product = tf.tidy(() => [
        ...curvature.hessianTimes(tf.tensor1d(start.map((_, k) => (k === i ? 1 : 0)))).dataSync(),
      ]);
      product.forEach((entry, k) => expect(entry).toBeCloseTo(exact[i]![k]!, 3));
    }
    expect(variables.flatMap((variable) => [...variable.dataSync()])).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('does not depend on the length of a vector', () => {
    const { curvature } = network();
    const [unit, long] = [1, 1000].map((length) =>
      tf.tidy(() => [...curvature.hessianTimes(tf.fill<Rank.R1>([9], length)).dataSync()]),
    );
    long!.forEach((entry, k) => expect(entry / 1000).toBeCloseTo(unit![k]!, 5));
  });

  it('finds the largest eigenvalue of least squares and of a network', () => {
    const { curvature } = linear();
    expect(curvature.largest(4, 1) / largestOf(hessian(PROBLEM))).toBeCloseTo(1, 3);
    const tanh = network();
    // The Hessian may have negative eigenvalues: shifted by enough, the largest is that of largest size.
    const shifted = hessianOf(tanh.lossAt, tanh.start).map((row, i) =>
      row.map((entry, k) => entry + (i === k ? 20 : 0)),
    );
    expect(tanh.curvature.largest(9, 1)).toBeCloseTo(largestOf(shifted) - 20, 2);
  });

  it('comes near it from below with few products', () => {
    const { curvature } = linear();
    const largest = largestOf(hessian(PROBLEM));
    const estimates = [1, 2, 3].map((products) => curvature.largest(products, 5));
    estimates.reduce((before, estimate) => {
      expect(estimate).toBeGreaterThanOrEqual(before * (1 - 1e-3));
      return estimate;
    }, 0);
    expect(estimates.at(-1)! / largest).toBeLessThan(1 + 1e-3);
    expect(estimates.at(-1)! / largest).toBeGreaterThan(0.95);
  });

  it('goes on from a direction, which is an eigenvector in the end', () => {
    const { curvature } = linear();
    const largest = largestOf(hessian(PROBLEM));
    const tensors = tf.memory().numTensors;
    const first = curvature.dominant(4, 1);
    expect(first.largest).toBe(curvature.largest(4, 1));
    const [direction, product] = tf.tidy(() => [
      [...first.direction!.dataSync()],
      [...curvature.hessianTimes(first.direction!).dataSync()],
    ]);
    expect(Math.hypot(...direction)).toBeCloseTo(1, 5);
    product.forEach((entry, i) => expect(Math.abs(entry - largest * direction[i]!)).toBeLessThan(1e-2));
    // Two products from there are better than two from the gradient.
    const [warm, cold] = [curvature.dominant(2, 9, first.direction), curvature.dominant(2, 9)];
    expect(Math.abs(warm.largest - largest)).toBeLessThan(Math.abs(cold.largest - largest));
    tf.dispose([first.direction!, warm.direction!, cold.direction!]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('finds it in the coordinates of an optimizer', () => {
    const { curvature } = linear();
    const d = [4, 0.5, 2, 1];
    const scaled = hessian(PROBLEM).map((row, i) => row.map((entry, k) => entry / Math.sqrt(d[i]! * d[k]!)));
    const scales = [tf.tensor2d(d.slice(0, 3), [3, 1]), tf.tensor1d([d[3]!])];
    const tensors = tf.memory().numTensors;
    expect(curvature.largest(4, 1, scales) / largestOf(scaled)).toBeCloseTo(1, 3);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('estimates the trace of each variable without bias', () => {
    const { curvature } = linear();
    const exact = hessian(PROBLEM);
    const [kernel, bias] = curvature.traces(400, 7);
    expect(kernel! / (exact[0]![0]! + exact[1]![1]! + exact[2]![2]!)).toBeCloseTo(1, 1);
    expect(bias! / exact[3]![3]!).toBeCloseTo(1, 1);
    expect([...curvature.traces(2, 7)]).toEqual([...curvature.traces(2, 7)]);
  });

  it('says that a loss of infinite slope has none', () => {
    const variables = [tf.variable(tf.tensor1d([1, 2]))];
    const curvature = new Curvature(tf, variables, () => tf.tensor1d([NaN, Infinity]));
    expect(curvature.largest(3, 1)).toBeNaN();
  });
});
