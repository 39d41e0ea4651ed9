import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/math/random';
import { ExtremaPyramid } from '../../../webview/ui/extremaPyramid';

const SEEDS = [1, 2, 3, 4];
const ODD = [Number.NaN, Infinity, -Infinity];

/** Values around zero with ties, and now and then a stretch that is not finite. */
function samples(length: number, seed: number): Float64Array {
  const random = new Random(seed);
  const values = Float64Array.from({ length }, () => Math.round((random.uniform() - 0.5) * 2000) / 100);
  for (let k = 0; k < length / 300; k++) {
    const start = Math.floor(random.uniform() * length);
    values.fill(ODD[k % 3]!, start, start + Math.floor(random.uniform() * 200));
  }
  return values;
}

/** What the pyramid promises, by looking at every sample. */
function placesByLooking(values: Float64Array, from: number, to: number, above: number): number[] {
  const all = Array.from({ length: to - from }, (_, k) => from + k);
  const drawable = all.filter((k) => Number.isFinite(values[k]!) && values[k]! > above);
  const gap = all.find((k) => !drawable.includes(k));
  const extreme = (better: (a: number, b: number) => boolean) =>
    drawable.reduce((best, k) => (better(values[k]!, values[best]!) ? k : best), drawable[0]!);
  const places = [
    ...(drawable.length === 0
      ? []
      : [drawable[0]!, extreme((a, b) => a < b), extreme((a, b) => a > b), drawable.at(-1)!]),
    ...(gap === undefined ? [] : [gap]),
  ];
  return [...new Set(places)].sort((a, b) => a - b);
}

describe.each([-Infinity, 0])('above %d', (above) => {
  test.each(SEEDS)('any stretch has the places that looking at every sample finds (seed %i)', (seed) => {
    const values = samples(5000, seed);
    const pyramid = new ExtremaPyramid(above);
    pyramid.update(values);
    const random = new Random(seed + 100);
    for (let k = 0; k < 60; k++) {
      const from = Math.floor(random.uniform() * 5000);
      // As many short stretches as long ones.
      const to = Math.min(5000, from + Math.ceil(5000 ** random.uniform()));
      expect(pyramid.places(from, to)).toEqual(placesByLooking(values, from, to, above));
    }
    expect(pyramid.places(0, 5000)).toEqual(placesByLooking(values, 0, 5000, above));
  });

  test.each(SEEDS)('a pyramid that grew piece by piece is that of the whole (seed %i)', (seed) => {
    const values = samples(20_000, seed);
    const random = new Random(seed + 200);
    const grown = new ExtremaPyramid(above);
    for (let length = 0; length < values.length; length += Math.floor(random.uniform() * 700)) {
      grown.update(values.slice(0, length));
    }
    grown.update(values);
    const batch = new ExtremaPyramid(above);
    batch.update(values);
    expect(grown.length).toBe(20_000);
    for (let k = 0; k < 200; k++) {
      const from = Math.floor(random.uniform() * 20_000);
      const to = from + Math.floor(random.uniform() * (20_000 - from));
      expect(grown.places(from, to)).toEqual(batch.places(from, to));
    }
  });
});

test('a single spike of a million is in every stretch that holds it', () => {
  const values = new Float64Array(1_000_000);
  values[777_777] = 25;
  const pyramid = new ExtremaPyramid();
  pyramid.update(values);
  for (let half = 1; half < 500_000; half *= 2) {
    const from = Math.max(0, 777_777 - half);
    expect(pyramid.places(from, Math.min(1_000_000, 777_777 + half))).toContain(777_777);
  }
});

test('a stretch without a drawable sample has its gap alone, an empty one has nothing', () => {
  const pyramid = new ExtremaPyramid();
  pyramid.update(new Float64Array(1000).fill(Number.NaN));
  expect(pyramid.places(10, 900)).toEqual([10]);
  expect(pyramid.places(5, 5)).toEqual([]);
});
