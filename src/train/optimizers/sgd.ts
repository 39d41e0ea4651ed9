import type { TensorFlow } from '../../engine/engine';
import { gradientOf, type NamedVariable, type Optimizer, type SgdSettings } from './optimizer';

export function sgd(
  tf: TensorFlow,
  { learningRate }: SgdSettings,
  variables: readonly NamedVariable[],
): Optimizer {
  const rate = tf.scalar(learningRate);
  return {
    state: [],
    iterations: 0,
    step(gradients) {
      tf.tidy(() => {
        for (const { variable } of variables) {
          const gradient = gradientOf(gradients, variable);
          if (gradient !== undefined) variable.assign(tf.sub(variable, tf.mul(rate, gradient)));
        }
      });
      this.iterations++;
    },
    dispose: () => rate.dispose(),
  };
}
