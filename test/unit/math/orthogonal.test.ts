import { describe, expect, it } from 'vitest';
import { createTransform, TRANSFORMS, type TransformId } from '../../../src/math/orthogonal/create';
import { createModeProduct } from '../../../src/math/orthogonal/modeProduct';
import type { OrthogonalTransform } from '../../../src/math/orthogonal/transform';
import { Random } from '../../../src/math/random';

/** A single number, powers of two, an odd factor times a power, a prime, twice a prime. */
const LENGTHS = [1, 2, 8, 96, 256, 509, 1002, 1024];

function normals(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
}

function times(matrix: OrthogonalTransform, z: Float32Array): Float32Array {
  const result = z.slice();
  matrix.apply(result);
  return result;
}

function timesTranspose(matrix: OrthogonalTransform, z: Float32Array): Float32Array {
  const result = z.slice();
  matrix.applyTranspose(result);
  return result;
}

function unit(length: number, at: number): Float32Array {
  const z = new Float32Array(length);
  z[at] = 1;
  return z;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** ‖a − b‖ / ‖b‖ */
function distance(a: Float32Array, b: Float32Array): number {
  const difference = a.map((value, i) => value - b[i]!);
  return Math.sqrt(dot(difference, difference) / dot(b, b));
}

describe.each(TRANSFORMS)('the matrix %s', (id) => {
  it.each(LENGTHS)('of length %i is orthogonal, and its transpose undoes it', (length) => {
    const matrix = createTransform(id, length, 7);
    const x = normals(length, 1);
    const y = normals(length, 2);
    const qx = times(matrix, x);
    expect(dot(qx, qx) / dot(x, x)).toBeCloseTo(1, 6);
    expect(distance(timesTranspose(matrix, qx), x)).toBeLessThan(1e-6);
    expect(distance(times(matrix, timesTranspose(matrix, x)), x)).toBeLessThan(1e-6);
    const size = Math.sqrt(dot(x, x) * dot(y, y));
    expect(Math.abs(dot(qx, y) - dot(x, timesTranspose(matrix, y))) / size).toBeLessThan(1e-6);
  });

  it('is the same for the same seed, linear, and refuses vectors of another length', () => {
    const [x, y] = [normals(96, 3), normals(96, 4)];
    const matrix = createTransform(id, 96, 5);
    expect(times(matrix, x)).toEqual(times(createTransform(id, 96, 5), x));
    const sum = times(
      matrix,
      x.map((value, i) => value + 2 * y[i]!),
    );
    const [qx, qy] = [times(matrix, x), times(matrix, y)];
    expect(
      distance(
        sum,
        qx.map((value, i) => value + 2 * qy[i]!),
      ),
    ).toBeLessThan(1e-6);
    expect(() => matrix.apply(new Float32Array(95))).toThrow(RangeError);
    expect(() => matrix.applyTranspose(new Float32Array(97))).toThrow(RangeError);
  });
});

it.each(['signed-hadamard', 'signed-dct', 'haar', 'butterfly', 'householder'] as const)(
  'the matrix %s depends on its seed',
  (id) => {
    const x = normals(64, 1);
    expect(times(createTransform(id, 64, 1), x)).not.toEqual(times(createTransform(id, 64, 2), x));
  },
);

it.each(['signed-hadamard', 'signed-dct', 'householder'] as const)(
  'the matrix %s is its own inverse',
  (id) => {
    for (const length of [96, 509, 1024, 4095]) {
      const matrix = createTransform(id, length, 3);
      const x = normals(length, length);
      expect(distance(times(matrix, times(matrix, x)), x)).toBeLessThan(1e-6);
    }
  },
);

describe('the cosine transform', () => {
  it.each([1, 2, 5, 8, 43])('of length %i has the entries of its definition', (n) => {
    const matrix = createTransform('dct', n, 0);
    for (let j = 0; j < n; j++) {
      const column = times(matrix, unit(n, j));
      for (let k = 0; k < n; k++) {
        const size = Math.sqrt((k === 0 ? 1 : 2) / n);
        expect(column[k]).toBeCloseTo(size * Math.cos((Math.PI * (2 * j + 1) * k) / (2 * n)), 6);
      }
    }
  });
});

describe('the Haar matrix', () => {
  const n = 24;
  const draws = Array.from({ length: 400 }, (_, seed) => createTransform('haar', n, seed));

  it('has entries of mean zero and variance 1/n, in every corner', () => {
    for (const [row, column] of [
      [0, 0],
      [n - 1, 0],
      [0, n - 1],
      [n - 1, n - 1],
      [7, 12],
    ] as const) {
      const entries = draws.map((matrix) => times(matrix, unit(n, column))[row]!);
      const mean = entries.reduce((sum, q) => sum + q, 0) / draws.length;
      const variance = entries.reduce((sum, q) => sum + q * q, 0) / draws.length;
      // Standard deviations of both estimates: 1/√(n·400) and √2/(n·√400).
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n * draws.length));
      expect(Math.abs(variance * n - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(draws.length));
    }
  });

  it('has no preferred direction: traces of mean 0 and variance 1', () => {
    const traces = draws.map((matrix) =>
      Array.from({ length: n }, (_, i) => times(matrix, unit(n, i))[i]!).reduce((sum, q) => sum + q, 0),
    );
    const mean = traces.reduce((sum, t) => sum + t, 0) / traces.length;
    const variance = traces.reduce((sum, t) => sum + t * t, 0) / traces.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
    expect(Math.abs(variance - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(draws.length));
  });
});

describe('a product along the axes of a tensor', () => {
  const ids: TransformId[] = ['haar', 'signed-dct', 'butterfly'];
  const shape = [6, 5, 8];
  const matrices = shape.map((length, axis) => createTransform(ids[axis]!, length, axis));

  /** Q[i, j] of one factor. */
  const entries = matrices.map((matrix) => {
    const columns = Array.from({ length: matrix.length }, (_, j) => times(matrix, unit(matrix.length, j)));
    return (i: number, j: number) => columns[j]![i]!;
  });

  it('multiplies each axis by its matrix', () => {
    const x = normals(240, 1);
    const result = times(createModeProduct(matrices), x);
    const [a, b, c] = shape as [number, number, number];
    for (const [i, j, k] of [
      [0, 0, 0],
      [5, 4, 7],
      [2, 3, 1],
    ] as const) {
      let sum = 0;
      for (let p = 0; p < a; p++) {
        for (let q = 0; q < b; q++) {
          for (let r = 0; r < c; r++) {
            sum += entries[0]!(i, p) * entries[1]!(j, q) * entries[2]!(k, r) * x[(p * b + q) * c + r]!;
          }
        }
      }
      expect(result[(i * b + j) * c + k]).toBeCloseTo(sum, 5);
    }
  });

  it('is orthogonal', () => {
    const product = createModeProduct(matrices);
    const x = normals(240, 2);
    expect(distance(timesTranspose(product, times(product, x)), x)).toBeLessThan(1e-6);
  });
});
