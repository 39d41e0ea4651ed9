import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { Random } from '../../../src/math/random';
import { createOptimizer } from '../../../src/train/optimizers/create';
import { orthogonalize } from '../../../src/train/optimizers/orthogonalize';

type Matrix = number[][];

const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const combined = (s: number, a: Matrix, t: number, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => s * value + t * b[i]![j]!));

/** As published, in float64: a wide matrix; a tall one is turned. */
function orthogonalized(matrix: Matrix): Matrix {
  if (matrix.length > matrix[0]!.length) return transposed(orthogonalized(transposed(matrix)));
  const norm = Math.hypot(...matrix.flat()) + 1e-7;
  let x = matrix.map((row) => row.map((value) => value / norm));
  for (let k = 0; k < 5; k++) {
    const gram = product(x, transposed(x));
    x = combined(3.4445, x, 1, product(combined(-4.775, gram, 2.0315, product(gram, gram)), x));
  }
  return x;
}

function draw(rows: number, columns: number, seed: number): Matrix {
  const random = new Random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));
}

describe('Muon', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  function expectNear(actual: ArrayLike<number>, expected: Matrix): void {
    expected.flat().forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-4));
  }

  it.each([
    [2, 7],
    [7, 2],
    [5, 5],
  ])('orthogonalizes a matrix of %d × %d as published', (rows, columns) => {
    const matrix = draw(rows, columns, 4);
    const result = orthogonalize(tf, tf.tensor2d(matrix));
    expectNear(result.dataSync(), orthogonalized(matrix));
  });

  it('leads the singular values of a matrix near to 1', () => {
    for (let seed = 0; seed < 20; seed++) {
      const matrix = draw(2, 6, seed);
      const before = singularValues(matrix);
      const after = singularValues(orthogonalize(tf, tf.tensor2d(matrix)).arraySync());
      expect(before[0]!).toBeGreaterThan(1.25);
      for (const value of after) {
        expect(value).toBeGreaterThan(0.65);
        expect(value).toBeLessThan(1.25);
      }
    }
  });

  it('moves matrices by it, convolutions as matrices, and the rest as AdamW does', () => {
    const shapes = { dense: [3, 12], conv: [2, 2, 1, 3], bias: [4], embedding: [5, 2] };
    const make = () =>
      Object.entries(shapes).map(([name, shape]) => ({ name, variable: tf.variable(tf.ones(shape)) }));
    const [ours, theirs] = [make(), make()];
    const muon = createOptimizer(
      tf,
      { name: 'muon', learningRate: 0.1, momentum: 0.9, adamLearningRate: 0.01, weightDecay: 0.5 },
      ours,
    );
    const adamw = createOptimizer(
      tf,
      { name: 'adamw', learningRate: 0.01, beta2: 0.95, weightDecay: 0.5 },
      theirs,
    );
    const matrices = { dense: [3, 12], conv: [4, 3] } as const;
    const expected = { dense: ones(3, 12), conv: ones(4, 3) };
    const velocity = { dense: zeros(3, 12), conv: zeros(4, 3) };
    for (let step = 0; step < 3; step++) {
      const gradients = Object.fromEntries(
        Object.entries(shapes).map(([name, shape], i) => [
          name,
          tf.tensor(
            draw(
              1,
              shape.reduce((a, b) => a * b),
              10 * step + i,
            )[0]!,
            shape,
          ),
        ]),
      );
      for (const [optimizer, named] of [
        [muon, ours],
        [adamw, theirs],
      ] as const) {
        optimizer.step(
          Object.fromEntries(named.map(({ name, variable }) => [variable.name, gradients[name]!])),
        );
        optimizer.iterations++;
      }
      for (const name of ['dense', 'conv'] as const) {
        const [rows, columns] = matrices[name];
        const gradient = rowsOf(Array.from(gradients[name]!.dataSync()), rows, columns);
        velocity[name] = combined(0.9, velocity[name], 1, gradient);
        const direction = orthogonalized(combined(1, gradient, 0.9, velocity[name]));
        const scale = Math.sqrt(Math.max(1, columns / rows));
        expected[name] = combined(1 - 0.1 * 0.5, expected[name], -0.1 * scale, direction);
      }
    }
    expectNear(ours[0]!.variable.dataSync(), expected.dense);
    expectNear(ours[1]!.variable.dataSync(), expected.conv);
    for (const place of [2, 3]) {
      expect(ours[place]!.variable.dataSync()).toEqual(theirs[place]!.variable.dataSync());
    }
    expect(muon.state.map(({ name }) => name)).toEqual([
      ...['velocity/dense', 'velocity/conv'],
      ...['mean/bias', 'mean/embedding', 'square/bias', 'square/embedding'],
    ]);
  });
});

function ones(rows: number, columns: number): Matrix {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(1));
}

function zeros(rows: number, columns: number): Matrix {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

function rowsOf(values: readonly number[], rows: number, columns: number): Matrix {
  return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
}

/** Of a matrix of two rows: roots of the eigenvalues of its Gram matrix. */
function singularValues(matrix: Matrix): number[] {
  const [[a, b], [, d]] = product(matrix, transposed(matrix)) as [[number, number], [number, number]];
  const spread = Math.hypot((a - d) / 2, b);
  return [1, -1].map((sign) => Math.sqrt((a + d) / 2 + sign * spread));
}
