import type { TensorFlow } from '../../engine/engine';
import { gradientOf, type MomentumSettings, type NamedVariable, type Optimizer } from './optimizer';
import { createSlot } from './slot';

export function momentum(
  tf: TensorFlow,
  { learningRate, momentum: decay = 0.9, nesterov = false }: MomentumSettings,
  variables: readonly NamedVariable[],
): Optimizer {
  const rate = tf.scalar(learningRate);
  const mu = tf.scalar(decay);
  const velocities = createSlot(tf, 'velocity', variables);
  return {
    state: velocities.state,
    iterations: 0,
    step(gradients) {
      tf.tidy(() => {
        for (const { variable } of variables) {
          const gradient = gradientOf(gradients, variable);
          if (gradient === undefined) continue;
          const velocity = velocities.of(variable);
          velocity.assign(tf.add(tf.mul(mu, velocity), gradient));
          const direction = nesterov ? tf.add(gradient, tf.mul(mu, velocity)) : velocity;
          variable.assign(tf.sub(variable, tf.mul(rate, direction)));
        }
      });
      this.iterations++;
    },
    dispose() {
      tf.dispose([rate, mu]);
      velocities.dispose();
    },
  };
}
