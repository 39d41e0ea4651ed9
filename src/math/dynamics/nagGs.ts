import * as heavyBall from './heavyBall';
import type { HeavyBallSettings } from './heavyBall';

/**
 * NAG-GS with a constant γ (Leplat, Merkulov, Katrutsa et al. 2022), a semi-implicit Gauss–Seidel step of the
 * accelerated gradient flow: v ← (γv + αμx − αg) / (γ + αμ), x ← x + α/(1 + α)·(v − x). What stands here is in
 * closed form for a quadratic, one eigenvalue λ of its Hessian at a time; μ is the least of them, L the largest.
 */
export interface NagGsSettings {
  /** Step of the flow's time, > 0. It is not a learning rate: {@link effectiveStep} is comparable with one. */
  readonly alpha: number;
  /** ≥ 0. */
  readonly mu: number;
  /** ≥ 0; γ + αμ must be positive. */
  readonly gamma: number;
}

/** Covariance of (x, v) along one eigenvector. */
export interface StationaryCovariance {
  readonly xx: number;
  readonly xv: number;
  readonly vv: number;
}

/** Row-major 2 × 2. */
export type IterationMatrix = readonly [number, number, number, number];

/** The heavy ball of the same iterates: η = α²/((1 + α)(γ + αμ)), β = γ/((1 + α)(γ + αμ)). */
export function heavyBallOf({ alpha, mu, gamma }: NagGsSettings): HeavyBallSettings {
  const divisor = (1 + alpha) * (gamma + alpha * mu);
  return { rate: (alpha * alpha) / divisor, momentum: gamma / divisor };
}

/** The learning rate of gradient descent that goes as far in the long run: η/(1 − β) = α/(γ + μ + αμ). */
export function effectiveStep({ alpha, mu, gamma }: NagGsSettings): number {
  return alpha / (gamma + mu + alpha * mu);
}

/** What a step without noise makes of (x, v), measured from the minimum, along an eigenvector of curvature λ. */
export function iterationMatrix({ alpha, mu, gamma }: NagGsSettings, lambda: number): IterationMatrix {
  const kept = 1 / (1 + alpha);
  const taken = alpha / (1 + alpha);
  const pulled = (alpha * (mu - lambda)) / (gamma + alpha * mu);
  return [kept, taken, pulled * kept, gamma / (gamma + alpha * mu) + pulled * taken];
}

/** Spectral radius of the {@link iterationMatrix}: the factor a step in the long run. */
export function spectralRadius(settings: NagGsSettings, lambda: number): number {
  return heavyBall.spectralRadius(heavyBallOf(settings), lambda);
}

/**
 * The largest spectral radius over the interval of λ. It is at an end: the determinant of the iteration matrix
 * does not depend on λ, its trace is linear in λ, and the radius only grows with the size of the trace.
 */
export function largestSpectralRadius(
  settings: NagGsSettings,
  lambdas: { readonly least: number; readonly largest: number },
): number {
  return Math.max(spectralRadius(settings, lambdas.least), spectralRadius(settings, lambdas.largest));
}

/**
 * α_c = (γ + μ + 2√(γL))/(L − μ), the largest step at which no curvature up to L has a real, and soon diverging,
 * pair of eigenvalues; infinite where L ≤ μ. With γ = μ the largest radius is least there, Polyak's
 * (√L − √μ)/(√L + √μ); with another γ a slightly longer step has a slightly smaller one.
 */
export function optimalAlpha(mu: number, largest: number, gamma: number): number {
  if (largest <= mu) return Infinity;
  return (gamma + mu + 2 * Math.sqrt(gamma * largest)) / (largest - mu);
}

/** α_crit, from which on iterations do not converge; infinite where L ≤ 2μ. */
export function criticalAlpha(mu: number, largest: number, gamma: number): number {
  const excess = largest - 2 * mu;
  if (excess <= 0) return Infinity;
  const sum = mu + gamma;
  return (sum + Math.sqrt(sum * sum + 4 * gamma * excess)) / excess;
}

/** The step of Luo and Chen (2021) for the flow without noise: 2/√(L/μ). */
export function luoChenStep(mu: number, largest: number): number {
  return 2 * Math.sqrt(mu / largest);
}

/**
 * Covariance of (x, v) once it has settled, along an eigenvector of curvature λ, where the flow has noise σ dW
 * in v. Without a limit (infinite, its mixed entry NaN) where iterations do not converge.
 */
export function stationaryCovariance(
  settings: NagGsSettings,
  lambda: number,
  sigma: number,
): StationaryCovariance {
  const { alpha, mu, gamma } = settings;
  // γ times 1 + 1/det, so that γ = 0 divides nothing.
  const scale = (1 + alpha) * (gamma + alpha * mu) + gamma;
  const margin = 2 * scale - alpha * alpha * lambda;
  if (!(lambda > 0 && margin > 0)) return { xx: Infinity, xv: NaN, vv: Infinity };
  const xx = (sigma * sigma * gamma * gamma * scale) / (lambda * (gamma + mu + alpha * mu) * margin);
  const { rate, momentum } = heavyBallOf(settings);
  const kept = 1 / (1 + alpha);
  const taken = alpha / (1 + alpha);
  // v follows from x and the x after it, whose covariance with x is this.
  const lagged = (1 - (rate * lambda) / (1 + momentum)) * xx;
  return {
    xx,
    xv: (lagged - kept * xx) / taken,
    vv: ((1 + kept * kept) * xx - 2 * kept * lagged) / (taken * taken),
  };
}

/**
 * Variance of x once it has settled, along an eigenvector of curvature λ, where each minibatch's gradient has
 * noise of that variance: as if the flow had σ² = α·s²/γ². Infinite where iterations do not converge.
 */
export function minibatchVariance(settings: NagGsSettings, lambda: number, gradientVariance: number): number {
  return heavyBall.stationaryVariance(heavyBallOf(settings), lambda, gradientVariance);
}
