import type { TensorFlow } from '../../engine/engine';
import { UserError } from '../../protocol/userError';
import { adam } from './adam';
import { averaged } from './average';
import { clipped } from './clip';
import { lion } from './lion';
import { momentum } from './momentum';
import { muon } from './muon';
import { nagGs } from './nagGs';
import type { NamedVariable, Optimizer } from './optimizer';
import { CONSTANT_RATE, type RateFactor } from './rate';
import { scheduleFree } from './scheduleFree';
import type { OptimizerSettings } from './settings';
import { sgd } from './sgd';

/** What surrounds the rule of an optimizer, whichever it is. */
export interface OptimizerSurroundings {
  readonly factor?: RateFactor;
  /** Largest norm of the gradient over all variables. */
  readonly clipNorm?: number | undefined;
  /** Decay of a mean of the weights. */
  readonly averageWeights?: number | undefined;
}

/**
 * Builds the optimizer that the settings describe; the caller disposes it.
 * @throws UserError `optimizer-unstable` or `averaged-twice` for settings that make no sense together
 */
export function createOptimizer(
  tf: TensorFlow,
  settings: OptimizerSettings,
  variables: readonly NamedVariable[],
  { factor = CONSTANT_RATE, clipNorm, averageWeights }: OptimizerSurroundings = {},
): Optimizer {
  const rule = createRule(tf, settings, variables, factor);
  if (rule.evaluated !== undefined && averageWeights !== undefined) {
    throw new UserError(
      'averaged-twice',
      `${settings.name} is tested with an average of its own, and averageWeights asks for another.`,
      'Leave averageWeights out.',
    );
  }
  const clipping = clipNorm === undefined ? rule : clipped(tf, rule, clipNorm);
  return averageWeights === undefined ? clipping : averaged(tf, clipping, averageWeights, variables);
}

function createRule(
  tf: TensorFlow,
  settings: OptimizerSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  switch (settings.name) {
    case 'sgd':
      return sgd(tf, settings, variables, factor);
    case 'momentum':
      return momentum(tf, settings, variables, factor);
    case 'adam':
      return adam(tf, settings, variables, factor);
    case 'adamw':
      return adam(tf, { weightDecay: 0.01, ...settings }, variables, factor);
    case 'lion':
      return lion(tf, settings, variables, factor);
    case 'nag-gs':
      return nagGs(tf, settings, variables, factor);
    case 'schedule-free-adamw':
      return scheduleFree(tf, settings, variables, factor);
    case 'muon':
      return muon(tf, settings, variables, factor);
  }
}
