import { describe, expect, it } from 'vitest';
import { criticalAlpha, heavyBallOf, optimalAlpha } from '../../../../src/math/dynamics/nagGs';
import {
  accelerated,
  countSteps,
  distanceFromCount,
  evenSpectrum,
  gradientDescent,
  heavyBall,
  nagGs,
  onesQuadratic,
} from '../../../../src/studies/naggs/quadratic';

describe('steps on a quadratic of a hundred directions', () => {
  it.each([
    { least: 0.1, gap: 1e-4, best: 125, near: 126, half: 235, descent: 2706, nesterov: 121 },
    { least: 0.01, gap: 1e-5, best: 523, near: 532, half: 1007, descent: 38563, nesterov: 701 },
  ])(
    'of curvatures $least to 100 are the reference’s',
    ({ least, gap, best, near, half, descent, nesterov }) => {
      const quadratic = onesQuadratic(evenSpectrum(least, 100, 100));
      const optimal = optimalAlpha(least, 100, least);
      const settings = (alpha: number) => ({ alpha, mu: least, gamma: least });
      const steps = (alpha: number) => countSteps(quadratic, nagGs(settings(alpha)), gap);
      expect(steps(optimal)).toBe(best);
      expect(steps(0.95 * optimal)).toBe(near);
      expect(steps(0.5 * optimal)).toBe(half);
      expect(steps(1.01 * criticalAlpha(least, 100, least))).toBeUndefined();
      expect(countSteps(quadratic, heavyBall(heavyBallOf(settings(optimal))), gap)).toBe(best);
      expect(countSteps(quadratic, gradientDescent(2 / (100 + least)), gap)).toBe(descent);
      expect(countSteps(quadratic, accelerated(1 / 100), gap)).toBe(nesterov);
    },
  );

  it('tell where gradient descent began', () => {
    const distance = distanceFromCount(0.1, 0.001, 5000, 1e-4);
    const alone = { lambdas: Float64Array.of(0.1), start: Float64Array.of(distance * (1 - 1e-9)) };
    expect(countSteps(alone, gradientDescent(0.001), 1e-4)).toBe(5000);
  });

  it('end where they are told to', () => {
    const quadratic = onesQuadratic(evenSpectrum(0.1, 100, 100));
    expect(countSteps(quadratic, gradientDescent(0.001), 1e-4, 100)).toBeUndefined();
    expect(countSteps(quadratic, gradientDescent(0.001), 1e9)).toBe(0);
  });
});
