import { describe, expect, it } from 'vitest';
import { keepSpread } from '../../../src/math/keepSpread';

function kept(places: readonly number[], limit: number): readonly number[] {
  return places.reduce<readonly number[]>((all, place) => keepSpread(all, place, limit, (one) => one), []);
}

describe('keepSpread', () => {
  it('keeps all while they are few', () => {
    expect(kept([1, 2, 4], 3)).toEqual([1, 2, 4]);
  });

  it.each([10, 50, 1000, 4321])('keeps the first, the latest and an even spread of %i', (length) => {
    const limit = 8;
    const places = kept(
      Array.from({ length }, (_, k) => k),
      limit,
    );
    expect(places).toHaveLength(limit);
    expect([places[0], places.at(-1)]).toEqual([0, length - 1]);
    const gaps = places.slice(1).map((place, k) => place - places[k]!);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    // Half of the readings lie on either side of the middle, give or take a few.
    const early = places.filter((place) => place < length / 2).length;
    expect(Math.abs(early - limit / 2)).toBeLessThanOrEqual(2);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(length / 2);
  });
});
