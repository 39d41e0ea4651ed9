import { stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { movesOf, type NamedVariable, type Optimizer } from './optimizer';
import type { RateFactor } from './rate';
import type { LionSettings } from './settings';
import { createSlot } from './slot';
import { weightDecay } from './weightDecay';

/** Lion: every weight moves by η, in the direction of a mean that leans on the newest gradient. */
export function lion(
  tf: TensorFlow,
  settings: LionSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const { learningRate, beta1 = 0.9, beta2 = 0.99 } = settings;
  const means = createSlot(tf, 'mean', variables);
  const rate = (): number => learningRate * factor(optimizer.iterations);
  const decay = weightDecay(tf, settings, variables, rate);
  const optimizer: Optimizer = {
    state: means.state,
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      decay(moves);
      tf.tidy(() => {
        const eta = stepScalar(tf, rate);
        for (const { variable, gradient, place } of moves) {
          const mean = means.at(place);
          const direction = tf.sign(tf.add(tf.mul(beta1, mean), tf.mul(1 - beta1, gradient)));
          variable.assign(tf.sub(variable, tf.mul(eta, direction)));
          mean.assign(tf.add(tf.mul(beta2, mean), tf.mul(1 - beta2, gradient)));
        }
      });
    },
    dynamics: () => ({ learningRate: rate(), effectiveStep: rate(), momentum: beta2, preconditioned: true }),
    dispose: () => means.dispose(),
  };
  return optimizer;
}
