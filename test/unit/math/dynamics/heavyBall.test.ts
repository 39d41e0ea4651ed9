import { describe, expect, it } from 'vitest';
import {
  curvatureLimit,
  fromHeavyBall,
  spectralRadius,
  stationaryVariance,
} from '../../../../src/math/dynamics/heavyBall';
import { heavyBallOf } from '../../../../src/math/dynamics/nagGs';
import { Random } from '../../../../src/math/random';

describe('heavy ball', () => {
  it('without momentum shrinks as gradient descent does', () => {
    for (const [rate, lambda] of [
      [0.1, 3],
      [0.5, 3],
      [0.7, 3],
    ] as const) {
      expect(spectralRadius({ rate, momentum: 0 }, lambda)).toBeCloseTo(Math.abs(1 - rate * lambda), 14);
    }
    expect(curvatureLimit({ rate: 0.5, momentum: 0 })).toBe(4);
  });

  it('has roots of its characteristic polynomial', () => {
    for (const momentum of [0.2, 0.9]) {
      for (const lambda of [0.01, 1, 20, 60, -0.5]) {
        const settings = { rate: 0.1, momentum };
        const radius = spectralRadius(settings, lambda);
        const trace = 1 + momentum - settings.rate * lambda;
        if (trace * trace <= 4 * momentum) expect(radius).toBeCloseTo(Math.sqrt(momentum), 14);
        else {
          const root = Math.sign(trace) * radius;
          expect(root * root - trace * root + momentum).toBeCloseTo(0, 12);
          expect(radius).toBeGreaterThanOrEqual(Math.abs(trace - root));
        }
      }
    }
  });

  it('stops to converge at its curvature limit', () => {
    const settings = { rate: 0.03, momentum: 0.9 };
    const limit = curvatureLimit(settings);
    expect(spectralRadius(settings, limit)).toBeCloseTo(1, 12);
    expect(spectralRadius(settings, 0.999 * limit)).toBeLessThan(1);
    expect(spectralRadius(settings, 1.001 * limit)).toBeGreaterThan(1);
    expect(spectralRadius(settings, 0)).toBeCloseTo(1, 14);
    expect(spectralRadius(settings, -1)).toBeGreaterThan(1);
    expect(stationaryVariance(settings, limit, 1)).toBe(Infinity);
    expect(stationaryVariance(settings, 0, 1)).toBe(Infinity);
  });

  it('has the variance of a simulated walk', () => {
    const settings = { rate: 0.1, momentum: 0.6 };
    const random = new Random(3);
    let x = 0;
    let before = 0;
    let squares = 0;
    const steps = 1_000_000;
    for (let k = 0; k < steps; k++) {
      const next = x + settings.momentum * (x - before) - settings.rate * (4 * x + 1.5 * random.normal());
      before = x;
      x = next;
      squares += x * x;
    }
    const variance = stationaryVariance(settings, 4, 1.5 ** 2);
    expect(Math.abs(squares / steps / variance - 1)).toBeLessThan(0.01);
  });

  it.each([
    [0.1, 0.9],
    [0.5, 0.2],
    [1e-3, 0.99],
  ])('of rate %d and momentum %d is a NAG-GS', (rate, momentum) => {
    const nagGs = fromHeavyBall({ rate, momentum });
    expect(nagGs.gamma).toBe(nagGs.mu);
    const again = heavyBallOf(nagGs);
    expect(again.rate / rate).toBeCloseTo(1, 12);
    expect(again.momentum / momentum).toBeCloseTo(1, 12);
  });
});
