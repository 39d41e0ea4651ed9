import { describe, expect, it } from 'vitest';
import { createTransform, type TransformId } from '../../../../../src/math/orthogonal/create';
import { createModeProduct } from '../../../../../src/math/orthogonal/modeProduct';
import type { Decomposition } from '../../../../../src/quantize/kashin/decomposition/decomposition';
import { decomposeGreedily } from '../../../../../src/quantize/kashin/decomposition/greedy';
import { createKernelWorkspace } from '../../../../../src/quantize/kashin/decomposition/kernelWorkspace';
import { createWorkspace } from '../../../../../src/quantize/kashin/decomposition/workspace';
import {
  cosineVector,
  nearRankOneMatrix,
  normalMatrix,
  oneHotVector,
  outlierColumnsMatrix,
  scaledRowsMatrix,
  spikedVector,
  type Matrix,
} from '../../../../../src/studies/kashin/sources';
import { distortion, normalSample } from '../../samples';
import { rebuild } from './rebuild';

const stepsOf = ({ residual }: Decomposition) => residual.length - 1;

describe('with each matrix Q', () => {
  /** Of normal numbers, spikes, a single number and a cosine. */
  const decompositions = (id: TransformId, maxSteps: number, length = 4096) => {
    const workspace = createWorkspace(createTransform(id, length, 1));
    const options = { tolerance: 1e-6, maxSteps, patient: true };
    return [normalSample(length, 1), spikedVector(length, 1), oneHotVector(length), cosineVector(length)].map(
      (x) => decomposeGreedily(x, workspace, options),
    ) as [Decomposition, Decomposition, Decomposition, Decomposition];
  };

  it.each(['haar', 'butterfly', 'signed-hadamard', 'signed-dct'] as const)(
    '%s takes 25 to 42 steps on everything',
    (id) => {
      // A product with a Haar matrix of 4096 rows takes 33 million operations.
      for (const decomposition of decompositions(id, 60, id === 'haar' ? 1024 : 4096)) {
        expect(decomposition.stop).toBe('converged');
        expect(stepsOf(decomposition)).toBeGreaterThanOrEqual(25);
        expect(stepsOf(decomposition)).toBeLessThanOrEqual(42);
      }
    },
  );

  it.each(['dct', 'hadamard'] as const)('%s is as good on normal numbers, and slow on structure', (id) => {
    const [normal, spiked, , cosine] = decompositions(id, 400);
    expect(stepsOf(normal)).toBeLessThanOrEqual(32);
    expect(stepsOf(spiked)).toBeGreaterThan(100);
    expect(stepsOf(cosine)).toBeGreaterThan(100);
  });

  it('householder fails', () => {
    const [, spiked, single] = decompositions('householder', 600);
    expect(spiked.residual.at(-1)).toBeGreaterThan(0.05);
    expect(single.residual.at(-1)).toBeGreaterThan(0.5);
    expect(single.flatness.at(-1)).toBeLessThan(0.2);
  });
});

describe('of matrices, 256 × 512', () => {
  const matrices: readonly (readonly [string, Matrix])[] = [
    ['normal numbers', normalMatrix(256, 512, 1)],
    ['rows of very different sizes', scaledRowsMatrix(256, 512, 1)],
    ['three columns fifty times as large', outlierColumnsMatrix(256, 512, 1)],
    ['rank one and noise', nearRankOneMatrix(256, 512, 1)],
  ];
  const kronecker = (id: TransformId, { rows, columns }: Matrix) =>
    createModeProduct([createTransform(id, rows, 1), createTransform(id, columns, 2)]);

  it.each(matrices)('flattened, %s take at most 40 steps to 1e-6', (_, { values }) => {
    const workspace = createKernelWorkspace(values.length, 1);
    const decomposition = decomposeGreedily(values, workspace, { tolerance: 1e-6, maxSteps: 200 });
    expect(decomposition.stop).toBe('converged');
    expect(stepsOf(decomposition)).toBeLessThanOrEqual(40);
  });

  it.each(['haar', 'dct', 'signed-hadamard'] as const)(
    'with Kronecker %s, normal numbers take as few, and rebuild',
    (id) => {
      const matrix = normalMatrix(96, 128, 1);
      const product = kronecker(id, matrix);
      const decomposition = decomposeGreedily(matrix.values, createWorkspace(product), {
        tolerance: 1e-6,
        maxSteps: 200,
      });
      expect(stepsOf(decomposition)).toBeLessThanOrEqual(36);
      expect(Math.sqrt(distortion(matrix.values, rebuild(decomposition, product)))).toBeLessThan(2e-6);
    },
  );

  it.each(matrices.slice(1))('with Kronecker matrices, %s stall', (_, matrix) => {
    for (const id of ['dct', 'signed-hadamard'] as const) {
      const workspace = createWorkspace(kronecker(id, matrix));
      const { residual, flatness } = decomposeGreedily(matrix.values, workspace, {
        tolerance: 1e-6,
        maxSteps: 120,
        patient: true,
      });
      expect(residual.at(-1)).toBeGreaterThan(1e-5);
      expect(flatness.at(-1)).toBeLessThan(0.4);
    }
  });
});

it('of a tensor, by a matrix along each axis, adds up to it', () => {
  const product = createModeProduct([
    createTransform('signed-dct', 24, 1),
    createTransform('butterfly', 30, 2),
    createTransform('haar', 48, 3),
  ]);
  const x = normalSample(product.length, 1);
  const options = { tolerance: 1e-6, maxSteps: 60 };
  const decomposition = decomposeGreedily(x, createWorkspace(product), options);
  expect(decomposition.stop).toBe('converged');
  expect(stepsOf(decomposition)).toBeLessThanOrEqual(60);
  expect(Math.sqrt(distortion(x, rebuild(decomposition, product)))).toBeLessThan(2e-6);
});
