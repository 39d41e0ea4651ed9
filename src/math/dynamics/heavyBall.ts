import type { NagGsSettings } from './nagGs';

/**
 * Heavy ball (Polyak 1964): x ← x + momentum·(x − x₋₁) − rate·g. On a quadratic each eigenvalue λ of its
 * Hessian moves alone, by the polynomial r² − (1 + momentum − rate·λ)·r + momentum.
 */
export interface HeavyBallSettings {
  /** η > 0. */
  readonly rate: number;
  /** β, from 0 to below 1. */
  readonly momentum: number;
}

/** By what factor a step shrinks, in the long run, the distance to the minimum along an eigenvector of curvature λ. */
export function spectralRadius({ rate, momentum }: HeavyBallSettings, lambda: number): number {
  const half = Math.abs(1 + momentum - rate * lambda) / 2;
  const discriminant = half * half - momentum;
  // The roots are r and momentum / r: a complex pair where the discriminant is negative.
  return discriminant <= 0 ? Math.sqrt(momentum) : half + Math.sqrt(discriminant);
}

/** The curvature at which iterations stop to converge: 2(1 + β)/η. For β = 0 it is that of gradient descent. */
export function curvatureLimit({ rate, momentum }: HeavyBallSettings): number {
  return (2 * (1 + momentum)) / rate;
}

/**
 * Variance of x along an eigenvector of curvature λ, once it has settled, where each gradient has independent
 * noise of that variance: η·s²·(1 + β) / ((1 − β)·λ·(2(1 + β) − ηλ)). Infinite where iterations do not converge.
 */
export function stationaryVariance(
  { rate, momentum }: HeavyBallSettings,
  lambda: number,
  gradientVariance: number,
): number {
  const margin = 2 * (1 + momentum) - rate * lambda;
  if (!(lambda > 0 && margin > 0 && momentum < 1)) return Infinity;
  return (rate * gradientVariance * (1 + momentum)) / ((1 - momentum) * lambda * margin);
}

/**
 * The NAG-GS of γ = μ that makes the same iterates: 1 + α = β^(−1/2), γ = μ = α²β/η. There is one for every
 * momentum above 0.
 */
export function fromHeavyBall({ rate, momentum }: HeavyBallSettings): NagGsSettings {
  const alpha = 1 / Math.sqrt(momentum) - 1;
  const gamma = (alpha * alpha * momentum) / rate;
  return { alpha, mu: gamma, gamma };
}
