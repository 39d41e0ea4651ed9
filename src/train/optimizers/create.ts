import type { TensorFlow } from '../../engine/engine';
import { adam } from './adam';
import { lion } from './lion';
import { momentum } from './momentum';
import { nagGs } from './nagGs';
import type { NamedVariable, Optimizer } from './optimizer';
import { CONSTANT_RATE, type RateFactor } from './rate';
import type { OptimizerSettings } from './settings';
import { sgd } from './sgd';

/**
 * Builds the optimizer that the settings describe; the caller disposes it.
 * @param factor the schedule of its learning rate
 */
export function createOptimizer(
  tf: TensorFlow,
  settings: OptimizerSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor = CONSTANT_RATE,
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
  }
}
