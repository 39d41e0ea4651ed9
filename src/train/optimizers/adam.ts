import { moveVariables, stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { movesOf, type NamedVariable, type Optimizer } from './optimizer';
import type { RateFactor } from './rate';
import type { AdamWSettings } from './settings';
import { createSlot } from './slot';
import { weightDecay } from './weightDecay';

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η·m̂ / (√v̂ + ε). The bias corrections of
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) are taken into the two scalars of a step, η√(1 − β₂ᵗ) / (1 − β₁ᵗ)
 * and ε√(1 − β₂ᵗ), which spares two operations on every variable. With weight decay it is AdamW.
 */
export function adam(
  tf: TensorFlow,
  settings: Omit<AdamWSettings, 'name'>,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = settings;
  const rate = (): number => learningRate * factor(optimizer.iterations);
  const decay = weightDecay(tf, settings, variables, rate);
  const means = createSlot(tf, 'mean', variables);
  const squares = createSlot(tf, 'square', variables);
  const optimizer: Optimizer = {
    state: [...means.state, ...squares.state],
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      decay(moves);
      moveVariables({ rule: 'adam', slots: [means.at, squares.at], scalars }, moves, () => {
        tf.tidy(() => {
          const eta = stepScalar(tf, () => (rate() * scalars.correction()) / (1 - scalars.power1()));
          const floor = stepScalar(tf, scalars.epsilon);
          for (const { variable, gradient, place } of moves) {
            const mean = means.at(place);
            const square = squares.at(place);
            mean.assign(tf.add(tf.mul(beta1, mean), tf.mul(1 - beta1, gradient)));
            square.assign(tf.add(tf.mul(beta2, square), tf.mul(1 - beta2, tf.square(gradient))));
            const direction = tf.div(mean, tf.add(tf.sqrt(square), floor));
            variable.assign(tf.sub(variable, tf.mul(eta, direction)));
          }
        });
      });
    },
    // m is a mean of gradients, not their sum: what a gradient does in the end is η, not η / (1 − β₁).
    dynamics: () => ({ learningRate: rate(), effectiveStep: rate(), momentum: beta1, preconditioned: true }),
    scales: () => {
      const correction2 = 1 - beta2 ** Math.max(1, optimizer.iterations);
      return squares.state.map(({ variable }) =>
        tf.tidy(() => tf.add(tf.sqrt(tf.div(variable, correction2)), epsilon)),
      );
    },
    dispose() {
      means.dispose();
      squares.dispose();
    },
  };
  const power = (beta: number) => (): number => beta ** (optimizer.iterations + 1);
  const correction = (): number => Math.sqrt(1 - power(beta2)());
  const scalars = {
    rate,
    beta1: () => beta1,
    beta2: () => beta2,
    power1: power(beta1),
    power2: power(beta2),
    correction,
    epsilon: () => epsilon * correction(),
  };
  return optimizer;
}
