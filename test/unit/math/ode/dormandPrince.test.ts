import { describe, expect, it } from 'vitest';
import { integrate, type IntegrationOptions, type VectorField } from '../../../../src/math/ode/dormandPrince';

const fine: IntegrationOptions = {
  relativeTolerance: 1e-10,
  absoluteTolerance: 1e-12,
  maxSteps: 500,
  stableStep: 0.01,
};

const harmonic: VectorField = (state, slope) => {
  slope[0] = state[1]!;
  slope[1] = -state[0]!;
};

describe('Dormand and Prince', () => {
  it('follows a rotation, with an error as small as it was told to have', () => {
    for (const relativeTolerance of [1e-4, 1e-7, 1e-10]) {
      const state = Float64Array.of(1, 0);
      const { reached, controlled } = integrate(harmonic, state, 5, {
        ...fine,
        relativeTolerance,
        absoluteTolerance: relativeTolerance,
      });
      expect([reached, controlled]).toEqual([5, 5]);
      const error = Math.hypot(state[0]! - Math.cos(5), state[1]! + Math.sin(5));
      expect(error).toBeLessThan(50 * relativeTolerance);
    }
  });

  it('is of fifth order: half the step, a 32nd of the error', () => {
    // Without steps under control all are of one length.
    const errorOf = (stableStep: number) => {
      const state = Float64Array.of(1, 0);
      let left = Math.round(1 / stableStep);
      for (; left > 0; left--) integrateOnce(state, stableStep);
      return Math.hypot(state[0]! - Math.cos(1), state[1]! + Math.sin(1));
    };
    const integrateOnce = (state: Float64Array, length: number) =>
      integrate(harmonic, state, length, {
        relativeTolerance: 1,
        absoluteTolerance: 1e-30,
        maxSteps: 1,
        stableStep: length,
      });
    const ratio = errorOf(0.1) / errorOf(0.05);
    expect(ratio).toBeGreaterThan(25);
    expect(ratio).toBeLessThan(40);
  });

  it('ends a nonlinear motion where it ends', () => {
    const state = Float64Array.of(0.1);
    integrate((y, slope) => (slope[0] = y[0]! * (1 - y[0]!)), state, 6, fine);
    expect(state[0]).toBeCloseTo(1 / (1 + 9 * Math.exp(-6)), 9);
  });

  it('takes longer steps where less happens', () => {
    const decay: VectorField = (y, slope) => (slope[0] = -(y[0]! ** 3));
    const calls = (duration: number) => {
      const state = Float64Array.of(1);
      const { evaluations } = integrate(decay, state, duration, fine);
      expect(state[0]).toBeCloseTo(1 / Math.sqrt(1 + 2 * duration), 9);
      return evaluations;
    };
    expect(calls(1e6)).toBeLessThan(4 * calls(1e2));
  });

  it('goes on with stable steps when its own are used up, and says so', () => {
    const stiff: VectorField = (y, slope) => {
      slope[0] = -1000 * y[0]!;
      slope[1] = -0.5 * y[1]!;
    };
    const options = { relativeTolerance: 1e-6, absoluteTolerance: 1e-8, maxSteps: 40, stableStep: 2 / 1000 };
    const state = Float64Array.of(1, 1);
    const { controlled, reached } = integrate(stiff, state, 0.08, options);
    expect(controlled).toBeGreaterThan(0);
    expect(controlled).toBeLessThan(0.08);
    expect(reached).toBe(0.08);
    expect(Math.abs(state[0]!)).toBeLessThan(1e-6);
    expect(state[1]).toBeCloseTo(Math.exp(-0.04), 6);

    const long = Float64Array.of(1, 1);
    const short = integrate(stiff, long, 100, options);
    expect(short.reached).toBeLessThan(100);
    expect(short.evaluations).toBeLessThanOrEqual(2 + 6 * 80);
    expect(long[1]).toBeCloseTo(Math.exp(-0.5 * short.reached), 6);
  });

  it('stays where it is for no time', () => {
    const state = Float64Array.of(1, 2);
    integrate(harmonic, state, 0, fine);
    expect([...state]).toEqual([1, 2]);
  });
});
