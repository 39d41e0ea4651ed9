import { describe, expect, it } from 'vitest';
import { stepPosition } from '../../../../src/train/instruments/stepPosition';

/** Position of a step of this length from 1, downhill, on ½λx². */
function onParabola(length: number, lambda = 3): number | undefined {
  const end = 1 - length;
  return stepPosition([lambda / 2, (lambda * end * end) / 2], [-lambda * length, -lambda * end * length]);
}

describe('position of a step', () => {
  it('is 0 at the bottom and 1 at the same height on the other side', () => {
    expect(onParabola(1)).toBeCloseTo(0, 12);
    expect(onParabola(2)).toBeCloseTo(1, 12);
    expect(onParabola(0.5)).toBeCloseTo(-0.5, 12);
    expect(onParabola(1e-6)).toBeCloseTo(-1, 5);
  });

  it('is −1 where the loss bends downward, and unknown where the step goes uphill', () => {
    expect(stepPosition([1, 0.4], [-0.5, -0.8])).toBe(-1);
    expect(stepPosition([1, 2], [0.5, 1.5])).toBeUndefined();
  });

  it('is that of the parabola of least squares where the four numbers do not fit', () => {
    const [losses, slopes] = [[1, 0.7] as const, [-1, 0.9] as const];
    const error = (a: number, b: number, c: number): number =>
      (a - losses[0]) ** 2 +
      (b - slopes[0]) ** 2 +
      (a + b + c - losses[1]) ** 2 +
      (b + 2 * c - slopes[1]) ** 2;
    // Coordinate by coordinate, each to its minimum, until nothing moves.
    const p: [number, number, number] = [0, 0, 0];
    for (let round = 0; round < 20_000; round++) {
      for (const k of [0, 1, 2] as const) {
        const at = (shift: number): number =>
          error(...(p.map((v, i) => (i === k ? v + shift : v)) as typeof p));
        p[k] -= (at(1) - at(-1)) / 2 / (at(1) + at(-1) - 2 * at(0));
      }
    }
    expect(stepPosition(losses, slopes)).toBeCloseTo((-2 * p[2]) / p[1] - 1, 8);
  });
});
