import { describe, expect, it } from 'vitest';
import { createInvolution, type Involution } from '../../../../src/math/involution';
import { Random } from '../../../../src/math/random';
import { decompose, type Decomposition } from '../../../../src/quantize/kashin/greedy';
import { distortion, normalSample } from '../samples';

const THOROUGH = { tolerance: 1e-6, maxSteps: 200 };

/** A matrix whose rows have very different sizes, row-major. */
function scaledRows(rows: number, columns: number): Float32Array {
  const random = new Random(4);
  return Float32Array.from({ length: rows }, () => Math.exp(random.normal())).reduce(
    (matrix, scale, row) => {
      for (let c = 0; c < columns; c++) matrix[row * columns + c] = scale * random.normal();
      return matrix;
    },
    new Float32Array(rows * columns),
  );
}

function withOutliers(length: number): Float32Array {
  const x = normalSample(length, 8);
  const random = new Random(9);
  for (let k = 0; k < 8; k++) x[random.integer(length)] = 40;
  return x;
}

function oneHot(length: number): Float32Array {
  const x = new Float32Array(length);
  x[length >> 1] = 3;
  return x;
}

function rebuild({ u, v, scale }: Decomposition, involution: Involution): Float32Array {
  const sum = v.slice();
  involution.apply(sum);
  return sum.map((value, i) => scale * (value + u[i]!));
}

function largest(z: Float32Array): number {
  return z.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe('the greedy decomposition', () => {
  it('of 4096 normal numbers takes 28 to 32 steps to 1e-6, with the known max-norms', async () => {
    const involution = createInvolution(4096, 1);
    const { u, v, residual, stop } = await decompose(normalSample(4096, 1), involution, THOROUGH);
    expect(stop).toEqual({ cause: 'converged' });
    expect(residual.length - 1).toBeGreaterThanOrEqual(28);
    expect(residual.length - 1).toBeLessThanOrEqual(32);
    const [smaller = 0, larger = 0] = [largest(u), largest(v)].sort((a, b) => a - b);
    expect(larger).toBeCloseTo(1.47, 1);
    expect(smaller).toBeCloseTo(0.54, 1);
  });

  it.each([
    ['normal numbers', normalSample(4096, 2), 35],
    ['rows of very different sizes', scaledRows(256, 512), 35],
    ['outliers of 40 standard deviations', withOutliers(4096), 38],
    ['a single number', oneHot(4096), 42],
    ['a cosine', Float32Array.from({ length: 4096 }, (_, i) => Math.cos((6 * Math.PI * i) / 4096)), 35],
    ['a prime length', normalSample(8191, 3), 35],
    ['rows of different sizes and twice a prime', scaledRows(4001, 2), 40],
    ['three times a power of two', scaledRows(96, 64), 42],
    ['a single number of a prime length', oneHot(8191), 90],
  ])('adds up to the vector for %s', async (_, x, mostSteps) => {
    const involution = createInvolution(x.length, 3);
    const decomposition = await decompose(x, involution, THOROUGH);
    expect(decomposition.residual.length - 1).toBeLessThanOrEqual(mostSteps);
    // The tracked residual is 1e-6; rounding in float32 adds a few times 1e-7.
    expect(Math.sqrt(distortion(x, rebuild(decomposition, involution)))).toBeLessThan(2e-6);
  });

  it('shrinks the residual at every step by at least what its flatness promises', async () => {
    const { residual, steps, scale } = await decompose(
      withOutliers(6144),
      createInvolution(6144, 2),
      THOROUGH,
    );
    expect(residual[0]).toBe(1);
    for (let k = 1; k < residual.length; k++) expect(residual[k]).toBeLessThan(residual[k - 1]!);
    expect(steps.u.length + steps.v.length).toBe(residual.length - 1);
    // ‖r′‖² = ‖r‖² − n·c², the exact line search.
    const all = [...steps.u, ...steps.v].reduce((sum, c) => sum + c * c, 0);
    expect(all).toBeCloseTo(1 - residual.at(-1)! ** 2, 5);
    expect(scale).toBeGreaterThan(0);
  });

  it('says so when steps hardly help', async () => {
    // With P = −1 the rotated cube is the cube itself, and a single number is far from its vertices.
    const length = 4096;
    const negate = (z: Float32Array) => z.forEach((value, i) => (z[i] = -value));
    const useless: Involution = { length, apply: negate, applyTranspose: negate };
    const { stop, residual } = await decompose(oneHot(length), useless, THOROUGH);
    expect(stop.cause).toBe('stalled');
    expect(stop).toHaveProperty('flatness');
    expect(residual.length).toBeLessThan(20);
  });

  it('stops at the step limit and at once for zeros', async () => {
    const involution = createInvolution(512, 2);
    const limited = await decompose(normalSample(512, 1), involution, { tolerance: 1e-6, maxSteps: 5 });
    expect(limited.stop.cause).toBe('step limit');
    expect(limited.residual.length - 1).toBe(5);
    const zeros = await decompose(new Float32Array(512), involution, THOROUGH);
    expect(zeros).toMatchObject({ scale: 0, residual: [1], stop: { cause: 'converged' } });
  });

  it('works at the ends of the range of float32', async () => {
    const involution = createInvolution(1024, 2);
    for (const size of [1e36, 1e-36]) {
      const x = normalSample(1024, 6).map((value) => value * size);
      const decomposition = await decompose(x, involution, THOROUGH);
      expect(decomposition.stop).toEqual({ cause: 'converged' });
      expect(Math.sqrt(distortion(x, rebuild(decomposition, involution)))).toBeLessThan(2e-6);
    }
  });
});
