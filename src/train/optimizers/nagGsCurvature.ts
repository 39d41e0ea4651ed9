import { optimalAlpha, type NagGsSettings as Numbers } from '../../math/dynamics/nagGs';
import { UserError } from '../../protocol/userError';
import type { NagGsSettings } from './settings';

/** λmax / μ where nobody says otherwise: the momentum is then 0.89. */
const CONDITION_NUMBER = 1000;
/** Part of the best step α_c that is taken: α_c itself is next to the first that diverges. */
const SAFETY = 0.9;
/** With λmax ≤ 2μ every α is stable, and α_c grows without end as λmax falls to μ. */
const LEAST_CONDITION = 2;

/**
 * @throws UserError `optimizer-contradiction` or `optimizer-unstable` where settings leave no step that follows
 *   from a curvature
 */
export function checkFollowing({ mu, conditionNumber, updateGamma }: NagGsSettings): void {
  if (updateGamma === true) {
    throw new UserError(
      'optimizer-contradiction',
      "With optimizer.curvature 'auto', γ is μ, and optimizer.updateGamma would move it elsewhere.",
      'Leave optimizer.updateGamma out.',
    );
  }
  if (mu === 0 && conditionNumber === undefined) {
    throw new UserError(
      'optimizer-unstable',
      'With optimizer.mu = 0, no α follows from a curvature.',
      'Set optimizer.mu above 0, or optimizer.conditionNumber.',
    );
  }
}

/** Whether μ stays as it is given, which bounds η whatever the curvature. */
export function isBoundedByMu({ mu, conditionNumber }: NagGsSettings): boolean {
  return conditionNumber === undefined && mu !== undefined;
}

/** The least curvature μ that goes with the largest: the one that is given, or a part of λmax. */
export function leastCurvature(settings: NagGsSettings, largest: number): number {
  if (isBoundedByMu(settings)) return settings.mu!;
  return largest / (settings.conditionNumber ?? CONDITION_NUMBER);
}

/** λmax as it is reckoned with: at least 2μ, the largest for which every step is stable. */
export function reckonedCurvature(settings: NagGsSettings, largest: number): number {
  return Math.max(largest, LEAST_CONDITION * leastCurvature(settings, largest));
}

/** γ = μ and α = 0.9·α_c(μ, λmax) for curvatures up to `largest`, which is above 0. */
export function numbersFor(settings: NagGsSettings, largest: number): Numbers {
  const mu = leastCurvature(settings, largest);
  return { alpha: SAFETY * optimalAlpha(mu, reckonedCurvature(settings, largest), mu), mu, gamma: mu };
}
