import { describe, expect, it } from 'vitest';
import { largestEigenvalue, largestEigenvector } from '../../../src/math/tridiagonal';

describe('largest eigenvalue of a tridiagonal matrix', () => {
  it('is the entry of a matrix of one', () => {
    expect(largestEigenvalue([-3.5], [])).toBeCloseTo(-3.5, 14);
  });

  it('is the root of the polynomial of a matrix of two', () => {
    expect(largestEigenvalue([1, 4], [2])).toBeCloseTo(5, 13);
    expect(largestEigenvalue([-1, -4], [2])).toBeCloseTo(0, 13);
  });

  it.each([3, 8, 20])('is 2 − 2 cos(nπ / (n + 1)) of a chain of %d springs', (n) => {
    const largest = largestEigenvalue(Array<number>(n).fill(2), Array<number>(n - 1).fill(-1));
    expect(largest).toBeCloseTo(2 - 2 * Math.cos((n * Math.PI) / (n + 1)), 12);
  });
});

it('the eigenvector of the largest eigenvalue is one, of length 1', () => {
  const [diagonal, beside] = [
    [3, -1, 4, 0.5, 2],
    [1, 0.3, -2, 0.7],
  ];
  const largest = largestEigenvalue(diagonal, beside);
  const y = largestEigenvector(diagonal, beside, largest);
  expect(Math.hypot(...y)).toBeCloseTo(1, 12);
  diagonal.forEach((entry, i) => {
    const row = (beside[i - 1] ?? 0) * (y[i - 1] ?? 0) + entry * y[i]! + (beside[i] ?? 0) * (y[i + 1] ?? 0);
    expect(row).toBeCloseTo(largest * y[i]!, 10);
  });
});
