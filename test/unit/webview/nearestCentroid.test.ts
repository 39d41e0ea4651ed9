import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/math/random';
import {
  nearestCentroid,
  nearestRegions,
  type PlanePoint,
} from '../../../webview/ui/quantization/nearestCentroid';

const random = new Random(5);
const CENTROIDS: readonly PlanePoint[] = Array.from({ length: 16 }, () => [random.normal(), random.normal()]);

/** Twice the area of a polygon, above zero where its corners go round to the left. */
function twiceArea(polygon: readonly PlanePoint[]): number {
  return polygon.reduce((sum, [u, v], i) => {
    const [nextU, nextV] = polygon[(i + 1) % polygon.length]!;
    return sum + u * nextV - nextU * v;
  }, 0);
}

function isInside([u, v]: PlanePoint, polygon: readonly PlanePoint[]): boolean {
  return polygon.every(([au, av], i) => {
    const [bu, bv] = polygon[(i + 1) % polygon.length]!;
    return (bu - au) * (v - av) - (bv - av) * (u - au) >= 0;
  });
}

describe('the regions of centroids', () => {
  test('cover the square once', () => {
    const areas = nearestRegions(CENTROIDS, 4).map(twiceArea);
    expect(Math.min(...areas)).toBeGreaterThan(0);
    expect(areas.reduce((a, b) => a + b)).toBeCloseTo(2 * 8 * 8, 9);
  });

  test('hold the points that are nearest to each', () => {
    const regions = nearestRegions(CENTROIDS, 4);
    for (let k = 0; k < 500; k++) {
      const point = [8 * random.uniform() - 4, 8 * random.uniform() - 4] as const;
      expect(isInside(point, regions[nearestCentroid(point, CENTROIDS)]!)).toBe(true);
    }
  });

  test('of two meet halfway', () => {
    const [left, right] = nearestRegions(
      [
        [-1, 0],
        [2, 0],
      ],
      3,
    );
    expect(Math.max(...left!.map(([u]) => u))).toBe(0.5);
    expect(Math.min(...right!.map(([u]) => u))).toBe(0.5);
  });

  test('there is none without centroids', () => {
    expect(nearestRegions([], 3)).toEqual([]);
    expect(nearestCentroid([0, 0], [])).toBe(-1);
  });
});
