import type { Scalar } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { gradientOf, type AdamSettings, type NamedVariable, type Optimizer } from './optimizer';
import { createSlot } from './slot';

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η·m̂ / (√v̂ + ε). The bias corrections of
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) are taken into the two scalars of a step, η√(1 − β₂ᵗ) / (1 − β₁ᵗ)
 * and ε√(1 − β₂ᵗ), which spares two operations on every variable.
 */
export function adam(
  tf: TensorFlow,
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamSettings,
  variables: readonly NamedVariable[],
): Optimizer {
  const constants = [beta1, 1 - beta1, beta2, 1 - beta2].map((value) => tf.scalar(value));
  const [decay1, gain1, decay2, gain2] = constants as [Scalar, Scalar, Scalar, Scalar];
  const means = createSlot(tf, 'mean', variables);
  const squares = createSlot(tf, 'square', variables);
  return {
    state: [...means.state, ...squares.state],
    iterations: 0,
    step(gradients) {
      this.iterations++;
      const correction = Math.sqrt(1 - beta2 ** this.iterations);
      tf.tidy(() => {
        const rate = tf.scalar((learningRate * correction) / (1 - beta1 ** this.iterations));
        const floor = tf.scalar(epsilon * correction);
        for (const { variable } of variables) {
          const gradient = gradientOf(gradients, variable);
          if (gradient === undefined) continue;
          const mean = means.of(variable);
          const square = squares.of(variable);
          mean.assign(tf.add(tf.mul(decay1, mean), tf.mul(gain1, gradient)));
          square.assign(tf.add(tf.mul(decay2, square), tf.mul(gain2, tf.square(gradient))));
          const direction = tf.div(mean, tf.add(tf.sqrt(square), floor));
          variable.assign(tf.sub(variable, tf.mul(rate, direction)));
        }
      });
    },
    dispose() {
      tf.dispose(constants);
      means.dispose();
      squares.dispose();
    },
  };
}
