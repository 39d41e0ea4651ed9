import { describe, expect, it } from 'vitest';
import { lloyd } from '../../../src/math/lloyd';
import { Random } from '../../../src/math/random';

function distortion(values: Float32Array, centroids: Float64Array): number {
  let error = 0;
  let energy = 0;
  for (const value of values) {
    error += Math.min(...Array.from(centroids, (centroid) => (value - centroid) ** 2));
    energy += value * value;
  }
  return error / energy;
}

describe('lloyd', () => {
  // Max (1960), table 1: distortions of the optimal quantizer of a normal variable.
  it.each([
    [2, 0.3634],
    [4, 0.1175],
    [8, 0.03454],
    [16, 0.009497],
  ])('finds the Lloyd–Max quantizer of %i levels', (levels, expected) => {
    const random = new Random(11);
    const values = Float32Array.from({ length: 200_000 }, () => random.normal());
    const centroids = Float64Array.from({ length: levels }, (_, i) => (5 * (i + 0.5)) / levels - 2.5);
    lloyd(values, centroids, 300);
    expect(distortion(values, centroids) / expected).toBeCloseTo(1, 1.5);
  });

  it('never makes the error larger from round to round', () => {
    const random = new Random(2);
    const values = Float32Array.from({ length: 5000 }, () => random.uniform() ** 3);
    const centroids = new Float64Array([0.1, 0.2, 0.3, 0.9]);
    let before = distortion(values, centroids);
    for (let round = 0; round < 20; round++) {
      lloyd(values, centroids, 1);
      const after = distortion(values, centroids);
      expect(after).toBeLessThanOrEqual(before + 1e-12);
      before = after;
    }
  });

  it('keeps the centroid of an empty cell and takes constants exactly', () => {
    const centroids = new Float64Array([0, 10]);
    lloyd(new Float32Array(100).fill(0.5), centroids, 10);
    expect([...centroids]).toEqual([0.5, 10]);
  });
});
