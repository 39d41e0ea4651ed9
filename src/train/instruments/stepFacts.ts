import { curvatureLimit, spectralRadius, type HeavyBallSettings } from '../../math/dynamics/heavyBall';
import type { Dynamics } from '../optimizers/optimizer';
import type { OptimizerSettings } from '../optimizers/settings';

/** What the optimizer says of a step, as quantities. */
export function dynamicsValues({
  learningRate,
  effectiveStep,
  momentum,
  nagGs,
}: Dynamics): Record<string, number> {
  return {
    learningRate,
    effectiveStep,
    momentum,
    ...(nagGs !== undefined && { nagGsAlpha: nagGs.alpha, nagGsGamma: nagGs.gamma, nagGsMu: nagGs.mu }),
  };
}

/** A step as that of a heavy ball, w ← w + β·(w − w₋₁) − s·g, s = effectiveStep·(1 − β). */
export function heavyBallOf({ effectiveStep, momentum }: Dynamics): HeavyBallSettings {
  return { rate: effectiveStep * (1 - momentum), momentum };
}

/**
 * The curvature above which the optimizer's steps grow on a parabola: 2(1 + β) / s of a heavy ball, in the
 * coordinates of its scales where it has any, so that it is 38 / η for Adam (Cohen et al. 2022); Nesterov's
 * variant, which follows the gradient ahead, has 2(1 + β) / ((1 + 2β)·s).
 * @returns `undefined` for an optimizer whose step is not linear in the gradient, such as Lion
 */
export function limitOf(dynamics: Dynamics, settings: OptimizerSettings): number | undefined {
  if (settings.name === 'lion') return undefined;
  const limit = curvatureLimit(heavyBallOf(dynamics));
  const isNesterov = settings.name === 'momentum' && settings.nesterov === true;
  return isNesterov ? limit / (1 + 2 * dynamics.momentum) : limit;
}

/** Largest |eigenvalue| of a step at the largest curvature; `undefined` where it is not that of a heavy ball. */
export function radiusAt(
  dynamics: Dynamics,
  settings: OptimizerSettings,
  curvature: number,
): number | undefined {
  if (settings.name === 'lion' || (settings.name === 'momentum' && settings.nesterov === true))
    return undefined;
  return spectralRadius(heavyBallOf(dynamics), curvature);
}

/**
 * Excess loss that gradient noise keeps up: ½ Σ λᵢ·Var(wᵢ) with the stationary variance of a heavy ball is
 * Σ s·σᵢ²·(1 + β) / (2(1 − β)·(2(1 + β) − sλᵢ)). Where all λᵢ are near their mean λ̄ or far below the limit, that
 * is effectiveStep·σ² / 4 / (1 − λ̄ / limit).
 * @param noise σ², the summed variance of a batch's gradient, in the optimizer's coordinates
 */
export function noiseFloor(
  { effectiveStep }: Dynamics,
  noise: number,
  meanCurvature: number,
  limit: number,
): number {
  if (meanCurvature >= limit) return Infinity;
  return (effectiveStep * noise) / 4 / (1 - Math.max(0, meanCurvature) / limit);
}

/** Mean of the latest losses above the lowest mean of eight that follow one another. */
export function plateauOf(losses: readonly number[]): number {
  const width = 8;
  let lowest = Infinity;
  for (let start = 0; start + width <= losses.length; start += width) {
    lowest = Math.min(lowest, meanOf(losses.slice(start, start + width)));
  }
  return meanOf(losses) - lowest;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
