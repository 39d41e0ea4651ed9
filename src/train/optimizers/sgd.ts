import { moveVariables, stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { movesOf, type NamedVariable, type Optimizer, type SgdSettings } from './optimizer';

export function sgd(
  tf: TensorFlow,
  { learningRate }: SgdSettings,
  variables: readonly NamedVariable[],
): Optimizer {
  const scalars = { rate: () => learningRate };
  return {
    state: [],
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      moveVariables({ rule: 'gradientDescent', slots: [], scalars }, moves, () => {
        tf.tidy(() => {
          const rate = stepScalar(tf, scalars.rate);
          for (const { variable, gradient } of moves) {
            variable.assign(tf.sub(variable, tf.mul(rate, gradient)));
          }
        });
      });
    },
    dynamics: () => ({ learningRate, effectiveStep: learningRate, momentum: 0 }),
    dispose: () => undefined,
  };
}
