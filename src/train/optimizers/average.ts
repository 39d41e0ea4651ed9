import type { TensorFlow } from '../../engine/engine';
import { around } from './around';
import type { NamedVariable, Optimizer } from './optimizer';
import { createSlot } from './slot';

/**
 * Keeps an exponential mean of the weights after each step, e ← d·e + (1 − d)·w (Polyak and Juditsky, 1992, with
 * a memory). It starts at 0, and e / (1 − dᵗ) after t steps is what the model is tested and saved with.
 */
export function averaged(
  tf: TensorFlow,
  optimizer: Optimizer,
  decay: number,
  variables: readonly NamedVariable[],
): Optimizer {
  const averages = createSlot(tf, 'average', variables);
  return around(optimizer, {
    state: [...optimizer.state, ...averages.state],
    step(gradients) {
      optimizer.step(gradients);
      tf.tidy(() => {
        variables.forEach(({ variable }, place) => {
          const average = averages.at(place);
          average.assign(tf.add(tf.mul(decay, average), tf.mul(1 - decay, variable)));
        });
      });
    },
    evaluated() {
      const share = 1 - decay ** optimizer.iterations;
      return variables.map(({ variable }, place) =>
        share === 0 ? tf.clone(variable) : tf.div(averages.at(place), share),
      );
    },
    dispose() {
      averages.dispose();
      optimizer.dispose();
    },
  });
}
