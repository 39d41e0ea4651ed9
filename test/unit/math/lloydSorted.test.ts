import { expect, it } from 'vitest';
import { lloyd } from '../../../src/math/lloyd';
import { lloydSorted } from '../../../src/math/lloydSorted';
import { Random } from '../../../src/math/random';

it('moves centroids as Lloyd’s algorithm on all values does', () => {
  const random = new Random(1);
  for (const cells of [1, 2, 5, 16]) {
    const values = Float32Array.from({ length: 3000 }, () => random.normal() ** 3).sort();
    const start = Float64Array.from({ length: cells }, () => random.normal()).sort();
    const [plain, sorted] = [start.slice(), start.slice()];
    for (let round = 0; round < 20; round++) {
      lloyd(values, plain, 1);
      lloydSorted(values, sorted, 1);
      for (const [c, centroid] of plain.entries()) expect(sorted[c]).toBeCloseTo(centroid, 9);
    }
  }
});

it('leaves centroids of empty cells where they are, and stops where nothing moves', () => {
  const centroids = Float64Array.of(-10, 0, 1, 10);
  lloydSorted(Float32Array.of(0.25, 0.25, 1.5), centroids, 1000);
  expect([...centroids]).toEqual([-10, 0.25, 1.5, 10]);
});
