import { moveVariables, stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { movesOf, type MomentumSettings, type NamedVariable, type Optimizer } from './optimizer';
import { createSlot } from './slot';

export function momentum(
  tf: TensorFlow,
  { learningRate, momentum: decay = 0.9, nesterov = false }: MomentumSettings,
  variables: readonly NamedVariable[],
): Optimizer {
  const velocities = createSlot(tf, 'velocity', variables);
  const scalars = { rate: () => learningRate, decay: () => decay };
  const rule = nesterov ? 'nesterov' : 'momentum';
  return {
    state: velocities.state,
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      moveVariables({ rule, slots: [velocities.at], scalars }, moves, () => {
        tf.tidy(() => {
          const rate = stepScalar(tf, scalars.rate);
          const mu = stepScalar(tf, scalars.decay);
          for (const { variable, gradient, place } of moves) {
            const velocity = velocities.at(place);
            velocity.assign(tf.add(tf.mul(mu, velocity), gradient));
            const direction = nesterov ? tf.add(gradient, tf.mul(mu, velocity)) : velocity;
            variable.assign(tf.sub(variable, tf.mul(rate, direction)));
          }
        });
      });
    },
    dynamics: () => ({ learningRate, effectiveStep: learningRate / (1 - decay), momentum: decay }),
    dispose: () => velocities.dispose(),
  };
}
