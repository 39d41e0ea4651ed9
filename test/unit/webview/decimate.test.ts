import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/math/random';
import { decimate as decimateBy, lowerBound, upperBound } from '../../../webview/ui/decimate';
import { ExtremaPyramid } from '../../../webview/ui/extremaPyramid';

const COLUMNS = 200;

function decimate(xs: Float64Array, ys: Float64Array, min: number, max: number, columns: number): number[] {
  const pyramid = new ExtremaPyramid();
  pyramid.update(ys);
  return decimateBy(xs, pyramid, min, max, columns);
}

/** A random walk over steps of uneven length. */
function walk(length: number, seed: number): { xs: Float64Array; ys: Float64Array } {
  const random = new Random(seed);
  const xs = new Float64Array(length);
  const ys = new Float64Array(length);
  for (let i = 1; i < length; i++) {
    xs[i] = xs[i - 1]! + random.uniform();
    ys[i] = ys[i - 1]! + random.uniform() - 0.5;
  }
  return { xs, ys };
}

/** Smallest and largest finite value of each column, as the whole series has them. */
function extremes(xs: Float64Array, ys: Float64Array, indices: Iterable<number>, min: number, max: number) {
  const columns = new Map<number, [number, number]>();
  for (const i of indices) {
    const [x, y] = [xs[i]!, ys[i]!];
    if (x < min || x > max || !Number.isFinite(y)) continue;
    const column = Math.min(COLUMNS - 1, Math.floor((x - min) / ((max - min) / COLUMNS)));
    const [low, high] = columns.get(column) ?? [Infinity, -Infinity];
    columns.set(column, [Math.min(low, y), Math.max(high, y)]);
  }
  return columns;
}

describe('decimate', () => {
  test.each([1, 2, 3, 4, 5])('keeps every extremum of every column (seed %i)', (seed) => {
    const { xs, ys } = walk(20_000, seed);
    const end = xs[xs.length - 1]!;
    for (const [min, max] of [
      [0, end],
      [end * 0.2, end * 0.7],
    ] as const) {
      const kept = decimate(xs, ys, min, max, COLUMNS);
      expect(extremes(xs, ys, kept, min, max)).toEqual(extremes(xs, ys, xs.keys(), min, max));
      expect(kept.length).toBeLessThanOrEqual(5 * COLUMNS + 2);
      expect(kept.every((index, k) => k === 0 || index > kept[k - 1]!)).toBe(true);
    }
  });

  test('keeps the first and last sample, and one on either side of the range', () => {
    const { xs, ys } = walk(20_000, 9);
    const all = decimate(xs, ys, xs[0]!, xs[19_999]!, COLUMNS);
    expect([all[0], all[all.length - 1]]).toEqual([0, 19_999]);
    const part = decimate(xs, ys, xs[5000]!, xs[15_000]!, COLUMNS);
    expect([part[0], part[part.length - 1]]).toEqual([4999, 15_001]);
  });

  test('keeps a single spike among a million', () => {
    const xs = Float64Array.from({ length: 1_000_000 }, (_, k) => k);
    const ys = new Float64Array(1_000_000);
    ys[777_777] = -3;
    expect(decimate(xs, ys, 0, 999_999, COLUMNS)).toContain(777_777);
  });

  test('shows where a column has values that are not finite', () => {
    const { xs, ys } = walk(20_000, 11);
    ys.fill(Number.NaN, 8000, 8003);
    ys[12_000] = Infinity;
    const kept = decimate(xs, ys, 0, xs[19_999]!, COLUMNS);
    expect(kept).toContain(8000);
    expect(kept).toContain(12_000);
  });

  test('draws every sample of a short series, and nothing of an empty one', () => {
    const { xs, ys } = walk(100, 12);
    expect(decimate(xs, ys, 0, xs[99]!, COLUMNS)).toEqual(Array.from({ length: 100 }, (_, k) => k));
    expect(decimate(new Float64Array(), new Float64Array(), 0, 1, COLUMNS)).toEqual([]);
  });

  test('bears a range of no width', () => {
    const xs = new Float64Array(10_000).fill(5);
    const ys = Float64Array.from(xs, (_, k) => Math.sin(k));
    const kept = decimate(xs, ys, 5, 5, COLUMNS);
    expect(kept.length).toBeLessThanOrEqual(5);
    expect(Math.max(...kept.map((i) => ys[i]!))).toBe(Math.max(...ys));
  });
});

test('bounds are where sorting would insert', () => {
  const xs = Float64Array.of(1, 2, 2, 2, 5);
  for (const x of [0, 1, 1.5, 2, 3, 5, 6]) {
    expect(lowerBound(xs, x)).toBe(xs.filter((other) => other < x).length);
    expect(upperBound(xs, x)).toBe(xs.filter((other) => other <= x).length);
  }
});
