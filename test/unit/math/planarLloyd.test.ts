import { describe, expect, it } from 'vitest';
import { planarLloyd } from '../../../src/math/planarLloyd';
import { PlanarNearest } from '../../../src/math/planarNearest';
import { Random } from '../../../src/math/random';

function normals(length: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

describe('the nearest site in the plane', () => {
  it.each([1, 2, 16, 64, 256])('of %i is the one that a look at all of them finds', (count) => {
    const random = new Random(count);
    const sites = { x: normals(count, random), y: normals(count, random) };
    const nearest = new PlanarNearest(sites);
    for (let i = 0; i < 20_000; i++) {
      // Some far outside the sites' bounding box.
      const x = (i % 10 === 0 ? 10 : 1.5) * random.normal();
      const y = (i % 10 === 1 ? 10 : 1.5) * random.normal();
      let best = 0;
      for (let site = 1; site < count; site++) {
        const distance = (s: number) => (x - sites.x[s]!) ** 2 + (y - sites.y[s]!) ** 2;
        if (distance(site) < distance(best)) best = site;
      }
      expect(nearest.find(x, y)).toBe(best);
    }
  });

  it('is the first of equal ones, also where all lie on a line or in one place', () => {
    const line = new PlanarNearest({ x: Float64Array.of(0, 2, 4), y: Float64Array.of(1, 1, 1) });
    expect([line.find(1, 5), line.find(3, -5), line.find(9, 1)]).toEqual([0, 1, 2]);
    const place = new PlanarNearest({ x: Float64Array.of(3, 3), y: Float64Array.of(1, 1) });
    expect([place.find(3, 1), place.find(100, 0)]).toEqual([0, 0]);
  });
});

describe('Lloyd in the plane', () => {
  it('finds clusters', () => {
    const random = new Random(1);
    const centres = [
      [-2, -1],
      [3, 0],
      [0, 4],
    ] as const;
    const points = { x: new Float64Array(3000), y: new Float64Array(3000) };
    for (let i = 0; i < 3000; i++) {
      const [x, y] = centres[i % 3]!;
      points.x[i] = x + 0.1 * random.normal();
      points.y[i] = y + 0.1 * random.normal();
    }
    const centroids = { x: Float64Array.of(-1, 1, 1), y: Float64Array.of(0, 0, 1) };
    planarLloyd(points, centroids, 50);
    for (const [i, [x, y]] of centres.entries()) {
      expect(centroids.x[i]).toBeCloseTo(x, 1);
      expect(centroids.y[i]).toBeCloseTo(y, 1);
    }
  });

  it('ends where every centroid is the mean of its cell, and leaves one without a cell', () => {
    const random = new Random(2);
    const points = { x: normals(5000, random), y: normals(5000, random) };
    const centroids = { x: Float64Array.of(-1, 0, 1, 0, 500), y: Float64Array.of(0, 1, 0, -1, 500) };
    planarLloyd(points, centroids, 1000);
    expect([centroids.x[4], centroids.y[4]]).toEqual([500, 500]);
    const nearest = new PlanarNearest(centroids);
    for (let cell = 0; cell < 4; cell++) {
      const members = Array.from(points.x.keys()).filter(
        (i) => nearest.find(points.x[i]!, points.y[i]!) === cell,
      );
      const mean = (values: Float64Array) => members.reduce((sum, i) => sum + values[i]!, 0) / members.length;
      expect(centroids.x[cell]).toBeCloseTo(mean(points.x), 10);
      expect(centroids.y[cell]).toBeCloseTo(mean(points.y), 10);
    }
  });
});
