import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { symmetricEigen } from '../../../src/math/symmetricEigen';

/** X·Xᵀ of a normal X `[n, rank]`. */
function gram(n: number, rank: number, seed: number): Float64Array {
  const random = new Random(seed);
  const x = Float64Array.from({ length: n * rank }, () => random.normal());
  return Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += x[Math.floor(at / n) * rank + k]! * x[(at % n) * rank + k]!;
    return sum;
  });
}

describe('symmetric eigenvalues', () => {
  it('of a matrix of two rows', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2));
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect(Math.abs(vectors[0]! * vectors[1]! - 0.5)).toBeLessThan(1e-14);
    expect(Math.abs(vectors[2]! * vectors[3]! + 0.5)).toBeLessThan(1e-14);
  });

  it.each([
    [1, 1],
    [7, 7],
    [40, 60],
    [40, 12],
  ])('take a matrix of %i rows and rank %i apart and together again', (n, rank) => {
    const matrix = gram(n, rank, n);
    const { values, vectors } = symmetricEigen(matrix);
    const scale = values[0]!;
    for (let i = 0; i < n; i++) {
      if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]!);
      if (i >= rank) expect(Math.abs(values[i]!)).toBeLessThan(1e-13 * scale);
      for (let j = 0; j < n; j++) {
        let dot = 0;
        let entry = 0;
        for (let k = 0; k < n; k++) {
          dot += vectors[i * n + k]! * vectors[j * n + k]!;
          entry += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
        }
        expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-13);
        expect(Math.abs(entry - matrix[i * n + j]!)).toBeLessThan(1e-12 * scale);
      }
    }
  });

  it('of Laplace’s second difference are 2 − 2 cos', () => {
    const n = 20;
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const { values } = symmetricEigen(matrix);
    for (let k = 0; k < n; k++) {
      expect(values[k]).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)), 13);
    }
  });

  it('are not of a matrix that is not finite', () => {
    expect(() => symmetricEigen(Float64Array.of(NaN, 1, 1, 2))).toThrow('not finite');
  });
});
