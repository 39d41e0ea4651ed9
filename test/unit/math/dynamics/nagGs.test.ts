import { describe, expect, it } from 'vitest';
import {
  criticalAlpha,
  effectiveStep,
  heavyBallOf,
  iterationMatrix,
  largestSpectralRadius,
  luoChenStep,
  minibatchVariance,
  optimalAlpha,
  spectralRadius,
  stationaryCovariance,
  type NagGsSettings,
} from '../../../../src/math/dynamics/nagGs';
import { Random } from '../../../../src/math/random';

/** Spectral radius of a real 2 × 2 matrix from its entries alone. */
function radiusOf([a, b, c, d]: readonly [number, number, number, number]): number {
  const half = (a + d) / 2;
  const discriminant = ((a - d) / 2) ** 2 + b * c;
  if (discriminant < 0) return Math.sqrt(a * d - b * c);
  return Math.abs(half) + Math.sqrt(discriminant);
}

describe('steps of NAG-GS', () => {
  it.each([
    [1, 3, 1, 2.732050808, 4.828427125, 0.2679491924],
    [1, 1.9, 1, 5.285344167, Infinity, 0.1591002773],
    [1, 10, 1, 0.9249505911, 1, 0.5194938533],
    [1, 10, 1.5, 1.138440744, 1.233182491, 0.5685176003],
    [1, 10, 0.5, 0.6635706617, 0.7215002341, 0.6011166361],
    [1, 100, 4, 0.4545454545, 0.4582898376, 0.8979591837],
    [0.1, 100, 0.1, 0.06531086407, 0.06534461174, 0.9386931399],
    [0.01, 100, 0.01, 0.0202020202, 0.02020304058, 0.9801980198],
  ])('μ %d, L %d, γ %d: α_c %d, α_crit %d, ρ %d', (mu, largest, gamma, optimal, critical, radius) => {
    expect(optimalAlpha(mu, largest, gamma) / optimal).toBeCloseTo(1, 8);
    if (critical === Infinity) expect(criticalAlpha(mu, largest, gamma)).toBe(Infinity);
    else expect(criticalAlpha(mu, largest, gamma) / critical).toBeCloseTo(1, 8);
    const settings = { alpha: optimalAlpha(mu, largest, gamma), mu, gamma };
    // The discriminant is 0 here, and its rounding counts by its square root.
    expect(Math.abs(largestSpectralRadius(settings, { least: mu, largest }) - radius)).toBeLessThan(1e-7);
    if (gamma === mu) {
      const root = Math.sqrt(largest / mu);
      expect(Math.abs(radius - (root - 1) / (root + 1))).toBeLessThan(1e-10);
    }
  });

  it('are best at α_c where γ = μ, and stable up to α_crit', () => {
    const spectrum = { least: 1, largest: 10 };
    const radius = (alpha: number, gamma: number) => largestSpectralRadius({ alpha, mu: 1, gamma }, spectrum);
    const best = optimalAlpha(1, 10, 1);
    for (const factor of [0.5, 0.9, 0.999, 1.001, 1.05]) {
      expect(radius(factor * best, 1)).toBeGreaterThan(radius(best, 1));
    }
    for (const gamma of [0.5, 1.5]) {
      const optimal = optimalAlpha(1, 10, gamma);
      // The curve is still falling, and no other γ gets as low as γ = μ.
      expect(radius(1.001 * optimal, gamma)).toBeLessThan(radius(optimal, gamma));
      for (let factor = 0.8; factor < 1.1; factor += 0.001) {
        expect(radius(factor * optimal, gamma)).toBeGreaterThan(radius(best, 1));
      }
    }
    for (const gamma of [0.5, 1, 1.5]) {
      const critical = criticalAlpha(1, 10, gamma);
      expect(radius(critical, gamma)).toBeCloseTo(1, 10);
      expect(radius(0.999 * critical, gamma)).toBeLessThan(1);
      expect(radius(1.001 * critical, gamma)).toBeGreaterThan(1);
    }
  });

  it.each([
    [0.1, 0.9090909],
    [0.4, 0.7142857],
    [0.8, 0.5555556],
    [1, 1],
    [1.1, 1.3489016],
  ])('at μ = γ = 1, L = 10, α = %d has ρ = %d', (alpha, radius) => {
    const settings = { alpha, mu: 1, gamma: 1 };
    // The critical damping at λ = μ is a double root: its rounding counts by its square root.
    expect(Math.abs(largestSpectralRadius(settings, { least: 1, largest: 10 }) - radius)).toBeLessThan(2e-7);
  });

  it('have their largest radius at an end of the interval', () => {
    const random = new Random(11);
    for (let i = 0; i < 200; i++) {
      const settings = {
        alpha: 3 * random.uniform(),
        mu: 2 * random.uniform(),
        gamma: random.uniform() + 0.01,
      };
      const least = 5 * random.uniform();
      const largest = least + 20 * random.uniform();
      const ends = largestSpectralRadius(settings, { least, largest });
      for (let k = 0; k <= 100; k++) {
        const lambda = least + ((largest - least) * k) / 100;
        expect(spectralRadius(settings, lambda)).toBeLessThanOrEqual(ends + 1e-12);
      }
    }
  });

  it('know the step of Luo and Chen, and where nothing limits a step', () => {
    expect(luoChenStep(1, 3)).toBeCloseTo(1.1547005384, 10);
    expect(optimalAlpha(2, 2, 1)).toBe(Infinity);
    expect(criticalAlpha(1, 2, 1)).toBe(Infinity);
  });
});

describe('the heavy ball of a NAG-GS', () => {
  it.each([
    ['the README', 0.05, 1, 1.5, 0.0015360983, 0.92165899, 0.019607843],
    ['MNIST', 0.5, 1, 1, 0.11111111, 0.44444444, 0.2],
    ['VGG-11, .1', 0.1, 1e-4, 1, 0.0090908182, 0.90908182, 0.099989001],
    ['VGG-11, .2', 0.2, 1e-4, 1, 0.033332667, 0.83331667, 0.199976],
    ['ViT', 0.07929, 0.1301, 0.3554, 0.015927777, 0.90040055, 0.15991832],
    ['RoBERTa', 0.05, 1, 1, 0.0022675737, 0.90702948, 0.024390244],
  ])('of %s', (_, alpha, mu, gamma, rate, momentum, effective) => {
    const ball = heavyBallOf({ alpha, mu, gamma });
    expect(ball.rate / rate).toBeCloseTo(1, 7);
    expect(ball.momentum / momentum).toBeCloseTo(1, 7);
    expect(effectiveStep({ alpha, mu, gamma }) / effective).toBeCloseTo(1, 7);
    expect(effectiveStep({ alpha, mu, gamma })).toBeCloseTo(ball.rate / (1 - ball.momentum), 12);
  });

  it('makes the same iterates where the loss is not quadratic', () => {
    const { alpha, mu, gamma } = { alpha: 0.3, mu: 0.5, gamma: 2 };
    const { rate, momentum } = heavyBallOf({ alpha, mu, gamma });
    let x = 2;
    let v = 2;
    let ball = 2;
    let velocity = 0;
    for (let k = 0; k < 200; k++) {
      v = (gamma * v + alpha * mu * x - alpha * Math.tanh(x)) / (gamma + alpha * mu);
      x += (alpha / (1 + alpha)) * (v - x);
      velocity = momentum * velocity - rate * Math.tanh(ball);
      ball += velocity;
      expect(Math.abs(x - ball)).toBeLessThan(1e-13);
    }
  });

  it('has the eigenvalues of the iteration matrix', () => {
    for (const alpha of [0.05, 0.5, 2, 20]) {
      for (const lambda of [0.5, 1, 1.9, 3, 10]) {
        const settings = { alpha, mu: 1, gamma: 1.5 };
        const matrix = iterationMatrix(settings, lambda);
        expect(spectralRadius(settings, lambda)).toBeCloseTo(radiusOf(matrix), 7);
        expect(matrix[0] * matrix[3] - matrix[1] * matrix[2]).toBeCloseTo(heavyBallOf(settings).momentum, 14);
      }
    }
  });

  it('is finite without strong convexity, and at γ = 0', () => {
    expect(heavyBallOf({ alpha: 0.1, mu: 0, gamma: 1 }).rate).toBeCloseTo(0.01 / 1.1, 15);
    expect(heavyBallOf({ alpha: 0.1, mu: 1, gamma: 0 })).toEqual({ rate: 0.1 / 1.1, momentum: 0 });
    expect(stationaryCovariance({ alpha: 0.1, mu: 1, gamma: 0 }, 2, 1).xx).toBe(0);
  });
});

type Case = readonly [alpha: number, mu: number, gamma: number, lambda: number];
const CASES: readonly Case[] = [
  [0.05, 1, 1.5, 2],
  [0.5, 1, 1, 3],
  [2, 1, 1, 3],
  [4.5, 1, 1, 3],
  [20, 1, 1, 1.9],
  [0.924, 1, 1, 10],
  [0.3, 0, 2, 5],
];

/** Noise of one step in v: σ√α·γ/(γ + αμ). */
function noiseOf({ alpha, mu, gamma }: NagGsSettings, sigma: number): number {
  return (sigma * Math.sqrt(alpha) * gamma) / (gamma + alpha * mu);
}

describe('the stationary covariance', () => {
  it.each([
    [0.05, 1, 1.5, 2, 0.2207647059, 0.2133529412, 0.5172352941],
    [0.5, 1, 1, 3, 0.07536231884, 0.0231884058, 0.284057971],
    [2, 1, 1, 3, 0.1041666667, -0.08333333333, 0.2916666667],
    [4.5, 1, 1, 3, 0.9157509158, -1.26007326, 1.882783883],
    [20, 1, 1, 1.9, 0.08527550548, -0.0686834388, 0.1006713999],
    [0.924, 1, 1, 10, 0.1857252698, -0.516515601, 1.705727155],
  ])('of α %d, μ %d, γ %d, λ %d', (alpha, mu, gamma, lambda, xx, xv, vv) => {
    const covariance = stationaryCovariance({ alpha, mu, gamma }, lambda, 1);
    expect(covariance.xx / xx).toBeCloseTo(1, 8);
    expect(covariance.xv / xv).toBeCloseTo(1, 8);
    expect(covariance.vv / vv).toBeCloseTo(1, 8);
  });

  it.each(CASES)(
    'solves the discrete Lyapunov equation: α %d, μ %d, γ %d, λ %d',
    (alpha, mu, gamma, lambda) => {
      const settings = { alpha, mu, gamma };
      const { xx, xv, vv } = stationaryCovariance(settings, lambda, 0.7);
      const [a, b, c, d] = iterationMatrix(settings, lambda);
      const noise = noiseOf(settings, 0.7);
      expect(Math.abs(a * a * xx + 2 * a * b * xv + b * b * vv - xx)).toBeLessThan(1e-10);
      expect(Math.abs(a * c * xx + (a * d + b * c) * xv + b * d * vv - xv)).toBeLessThan(1e-10);
      expect(Math.abs(c * c * xx + 2 * c * d * xv + d * d * vv + noise * noise - vv)).toBeLessThan(1e-10);
    },
  );

  it.each(CASES)('is that of simulated chains: α %d, μ %d, γ %d, λ %d', (alpha, mu, gamma, lambda) => {
    const settings = { alpha, mu, gamma };
    const random = new Random(7);
    const noise = noiseOf(settings, 1);
    const [a, b, c, d] = iterationMatrix(settings, lambda);
    const chains = 1000;
    const steps = 400;
    const x = new Float64Array(chains);
    const v = new Float64Array(chains);
    let xx = 0;
    let xv = 0;
    let vv = 0;
    for (let k = 0; k < 2 * steps; k++) {
      for (let i = 0; i < chains; i++) {
        const moved = a * x[i]! + b * v[i]!;
        v[i] = c * x[i]! + d * v[i]! + noise * random.normal();
        x[i] = moved;
        if (k < steps) continue;
        xx += moved * moved;
        xv += moved * v[i]!;
        vv += v[i]! * v[i]!;
      }
    }
    const count = chains * steps;
    const expected = stationaryCovariance(settings, lambda, 1);
    expect(Math.abs(xx / count / expected.xx - 1)).toBeLessThan(0.02);
    expect(Math.abs(vv / count / expected.vv - 1)).toBeLessThan(0.02);
    expect(Math.abs(xv / count - expected.xv)).toBeLessThan(0.02 * Math.sqrt(expected.xx * expected.vv));
  });

  it.each([
    [1, 3, 0.140935],
    [1, 10, 0.188073],
    [0.1, 10, 0.227269],
  ])('at α_c of μ %d, L %d is at worst %d', (mu, largest, worst) => {
    const alpha = 0.999 * optimalAlpha(mu, largest, mu);
    const variances = Array.from(
      { length: 9 },
      (_, i) => stationaryCovariance({ alpha, mu, gamma: mu }, mu + ((largest - mu) * i) / 8, 1).xx,
    );
    expect(Math.max(...variances) / worst).toBeCloseTo(1, 5);
  });

  it('has its limits', () => {
    const variance = (alpha: number, mu: number, gamma: number, lambda: number) =>
      stationaryCovariance({ alpha, mu, gamma }, lambda, 1).xx;
    // α → 0: σ²γ²/(2λ(γ + μ)).
    expect(variance(1e-7, 1, 1.5, 2)).toBeCloseTo(1.5 ** 2 / (2 * 2 * 2.5), 6);
    for (const mu of [1, 0.1]) expect(variance(1e-7, mu, mu, mu)).toBeCloseTo(0.25, 6);
    // α → α_crit.
    expect(variance(0.999999, 1, 1, 10)).toBeGreaterThan(1e3);
    expect(stationaryCovariance({ alpha: 1.01, mu: 1, gamma: 1 }, 10, 1)).toEqual({
      xx: Infinity,
      xv: NaN,
      vv: Infinity,
    });
    expect(variance(1, 1, 1, 0)).toBe(Infinity);
    // α → ∞ where λ < 2μ: σ²γ²/(λα(2μ − λ)).
    expect(variance(1e6, 1, 1, 1.9) * 1.9 * 1e6 * 0.1).toBeCloseTo(1, 4);
  });

  it.each([
    [0.05, 1, 1.5, 2, 0.004905882353],
    [0.5, 1, 1, 3, 0.03768115942],
    [0.924, 1, 1, 10, 0.1716101493],
  ])('of minibatches at α %d, μ %d, γ %d, λ %d is %d', (alpha, mu, gamma, lambda, variance) => {
    const settings = { alpha, mu, gamma };
    expect(minibatchVariance(settings, lambda, 1) / variance).toBeCloseTo(1, 8);
    const sigma = Math.sqrt(alpha * 2.5) / gamma;
    expect(minibatchVariance(settings, lambda, 2.5)).toBeCloseTo(
      stationaryCovariance(settings, lambda, sigma).xx,
      12,
    );
  });
});
