import { moveVariables, stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { movesOf, type NamedVariable, type Optimizer } from './optimizer';
import type { RateFactor } from './rate';
import type { SgdSettings } from './settings';
import { weightDecay } from './weightDecay';

export function sgd(
  tf: TensorFlow,
  settings: SgdSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const rate = (): number => settings.learningRate * factor(optimizer.iterations);
  const decay = weightDecay(tf, settings, variables, rate);
  const optimizer: Optimizer = {
    state: [],
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      decay(moves);
      moveVariables({ rule: 'gradientDescent', slots: [], scalars: { rate } }, moves, () => {
        tf.tidy(() => {
          const eta = stepScalar(tf, rate);
          for (const { variable, gradient } of moves) {
            variable.assign(tf.sub(variable, tf.mul(eta, gradient)));
          }
        });
      });
    },
    dynamics: () => ({ learningRate: rate(), effectiveStep: rate(), momentum: 0 }),
    dispose: () => undefined,
  };
  return optimizer;
}
