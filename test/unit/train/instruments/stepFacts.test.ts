import { describe, expect, it } from 'vitest';
import { stationaryVariance } from '../../../../src/math/dynamics/heavyBall';
import { limitOf, noiseFloor, plateauOf, radiusAt } from '../../../../src/train/instruments/stepFacts';

const heavyBall = { learningRate: 0.1, effectiveStep: 1, momentum: 0.9 };

/** Whether w ← w − η(g + μa), a ← μa + g, or the heavy ball without `nesterov`, shrinks on ½λw². */
function shrinks(lambda: number, rate: number, momentum: number, nesterov: boolean): boolean {
  let [w, a] = [1, 0];
  for (let i = 0; i < 4000; i++) {
    const g = lambda * w;
    a = momentum * a + g;
    w -= rate * (nesterov ? g + momentum * a : a);
  }
  return Math.abs(w) < 1;
}

describe('facts of a step', () => {
  it.each([false, true])(
    'the limit divides curvatures that shrink from those that grow (Nesterov: %s)',
    (nesterov) => {
      const limit = limitOf(heavyBall, { name: 'momentum', learningRate: 0.1, nesterov })!;
      expect(shrinks(limit * 0.98, 0.1, 0.9, nesterov)).toBe(true);
      expect(shrinks(limit * 1.02, 0.1, 0.9, nesterov)).toBe(false);
    },
  );

  it('is 38 / η for Adam, and there is none for Lion', () => {
    const adam = { learningRate: 0.01, effectiveStep: 0.01, momentum: 0.9, preconditioned: true } as const;
    expect(limitOf(adam, { name: 'adam', learningRate: 0.01 })).toBeCloseTo(3800, 8);
    expect(limitOf(adam, { name: 'lion', learningRate: 0.01 })).toBeUndefined();
  });

  it('the radius is 1 at the limit', () => {
    const settings = { name: 'momentum', learningRate: 0.1 } as const;
    expect(radiusAt(heavyBall, settings, limitOf(heavyBall, settings)!)).toBeCloseTo(1, 10);
  });

  it('the noise floor is ½ Σ λ·Var(w) where all curvatures are the same', () => {
    const [lambda, variance, count] = [7, 0.3, 5];
    const limit = limitOf(heavyBall, { name: 'momentum', learningRate: 0.1 })!;
    const floor = noiseFloor(heavyBall, count * variance, lambda, limit);
    const one = (lambda * stationaryVariance({ rate: 0.1, momentum: 0.9 }, lambda, variance)) / 2;
    expect(floor).toBeCloseTo(count * one, 10);
    expect(noiseFloor(heavyBall, 1, limit * 1.01, limit)).toBe(Infinity);
  });

  it('a plateau is as high as the mean is above the lowest eight', () => {
    const losses = Array.from({ length: 128 }, (_, i) => (i >= 64 && i < 72 ? 1 : 2));
    expect(plateauOf(losses)).toBeCloseTo(2 - 8 / 128 - 1, 12);
  });
});
