import type { TensorFlow } from '../../engine/engine';
import { adam } from './adam';
import { momentum } from './momentum';
import type { NamedVariable, Optimizer, OptimizerSettings } from './optimizer';
import { sgd } from './sgd';

/** Builds the optimizer that the settings describe; the caller disposes it. */
export function createOptimizer(
  tf: TensorFlow,
  settings: OptimizerSettings,
  variables: readonly NamedVariable[],
): Optimizer {
  switch (settings.name) {
    case 'sgd':
      return sgd(tf, settings, variables);
    case 'momentum':
      return momentum(tf, settings, variables);
    case 'adam':
      return adam(tf, settings, variables);
  }
}
