import { describe, expect, it } from 'vitest';
import { inverseFactor } from '../../../src/math/inverseFactor';
import { Random } from '../../../src/math/random';

/** X·Xᵀ / samples of normal vectors: positive definite where there are more samples than rows. */
function covariance(n: number, samples: number, seed: number): Float64Array {
  const random = new Random(seed);
  const h = new Float64Array(n * n);
  for (let s = 0; s < samples; s++) {
    const x = Float64Array.from({ length: n }, () => random.normal());
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) h[i * n + j]! += (x[i]! * x[j]!) / samples;
  }
  return h;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The largest element of U·(H + λI)·Uᵀ − I. */
function residual(u: Float64Array, h: Float64Array, lambda: number, n: number): number {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const left = new Float64Array(n);
    for (let k = i; k < n; k++) {
      for (let j = 0; j < n; j++) left[j]! += u[i * n + k]! * (h[k * n + j]! + (j === k ? lambda : 0));
    }
    for (let j = 0; j < n; j++) {
      let sum = i === j ? -1 : 0;
      for (let k = j; k < n; k++) sum += left[k]! * u[j * n + k]!;
      worst = Math.max(worst, Math.abs(sum));
    }
  }
  return worst;
}

describe('inverseFactor', () => {
  it('has the closed form of a stationary chain: what is left of x_c when x_{c+1} is known', () => {
    const n = 150;
    const rho = 0.8;
    const h = Float64Array.from({ length: n * n }, (_, i) => rho ** Math.abs(Math.floor(i / n) - (i % n)));
    const { factor, damping } = inverseFactor(h, n, 0);
    expect(damping).toBe(0);
    const scale = 1 / Math.sqrt(1 - rho * rho);
    const expected = new Float64Array(n * n);
    for (let i = 0; i < n - 1; i++) {
      expected[i * n + i] = scale;
      expected[i * n + i + 1] = -rho * scale;
    }
    expected[n * n - 1] = 1;
    expect(largest(factor.map((value, i) => value - expected[i]!))).toBeLessThan(1e-12);
  });

  it('is the root of the reciprocals for a diagonal H', () => {
    const h = new Float64Array(9);
    [4, 0.25, 1].forEach((value, i) => (h[i * 4] = value));
    expect([...inverseFactor(h, 3, 0).factor]).toEqual([0.5, 0, 0, 0, 2, 0, 0, 0, 1]);
  });

  it.each([1, 2, 3, 63, 64, 65, 131])('makes U·(H + λI)·Uᵀ the identity for %i inputs', (n) => {
    const h = covariance(n, 2 * n + 5, n);
    const before = h.slice();
    const { factor, damping } = inverseFactor(h, n);
    expect(h).toEqual(before);
    let meanDiagonal = 0;
    for (let i = 0; i < n; i++) meanDiagonal += h[i * n + i]! / n;
    expect(damping).toBeCloseTo(0.01 * meanDiagonal, 12);
    expect(residual(factor, h, damping, n)).toBeLessThan(1e-11);
    expect(factor.every((value, i) => (i % (n + 1) === 0 ? value > 0 : i % n > i / n || value === 0))).toBe(
      true,
    );
  });

  it('takes a matrix of low rank, and one of zeros', () => {
    const h = covariance(80, 3, 7);
    const { factor, damping } = inverseFactor(h, 80);
    expect(residual(factor, h, damping, 80)).toBeLessThan(1e-10);
    const zero = inverseFactor(new Float64Array(16), 4);
    expect(zero.damping).toBe(1);
    expect([...zero.factor]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('raises λ tenfold until the factorization succeeds', () => {
    // Eigenvalues 4 and −2: 0.01, 0.1 and 1 are too little.
    const h = Float64Array.of(1, 3, 3, 1);
    const { factor, damping } = inverseFactor(h, 2);
    expect(damping).toBe(10);
    expect(residual(factor, h, 10, 2)).toBeLessThan(1e-12);
  });
});
