import type { Tensor2D } from '@tensorflow/tfjs';
import { stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { adam } from './adam';
import { movesOf, type NamedVariable, type Optimizer } from './optimizer';
import { orthogonalize } from './orthogonalize';
import type { RateFactor } from './rate';
import type { MuonSettings } from './settings';
import { createSlot } from './slot';
import { weightDecay } from './weightDecay';

/**
 * Muon: a ← μ·a + g, and W moves by η·√max(1, outputs / inputs) against the orthogonalized g + μ·a. Kernels of
 * convolutions count as matrices `[height · width · inputs, outputs]`. Variables of fewer axes, and those that
 * are named, are AdamW's.
 */
export function muon(
  tf: TensorFlow,
  settings: MuonSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const { learningRate, momentum = 0.95, adamLearningRate = 3e-4, adamFor = ['embedding'] } = settings;
  const isMatrix = ({ name, variable }: NamedVariable): boolean =>
    variable.rank >= 2 && !adamFor.some((text) => name.includes(text));
  const matrices = variables.filter(isMatrix);
  const velocities = createSlot(tf, 'velocity', matrices);
  const rate = (): number => learningRate * factor(others.iterations);
  const decay = weightDecay(tf, settings, matrices, rate);
  const others = adam(
    tf,
    { ...settings, learningRate: adamLearningRate, beta1: 0.9, beta2: 0.95 },
    variables.filter((named) => !isMatrix(named)),
    factor,
  );
  return {
    state: [...velocities.state, ...others.state],
    get iterations() {
      return others.iterations;
    },
    set iterations(steps) {
      others.iterations = steps;
    },
    step(gradients) {
      const moves = movesOf(gradients, matrices);
      decay(moves);
      tf.tidy(() => {
        const eta = stepScalar(tf, rate);
        for (const { variable, gradient, place } of moves) {
          const velocity = velocities.at(place);
          velocity.assign(tf.add(tf.mul(momentum, velocity), gradient));
          const outputs = variable.shape.at(-1)!;
          const inputs = variable.size / outputs;
          const ahead = tf.reshape(tf.add(gradient, tf.mul(momentum, velocity)), [inputs, outputs]);
          const direction = tf.reshape(orthogonalize(tf, ahead as Tensor2D), variable.shape);
          const scale = Math.sqrt(Math.max(1, outputs / inputs));
          variable.assign(tf.sub(variable, tf.mul(tf.mul(eta, scale), direction)));
        }
      });
      others.step(gradients);
    },
    dynamics: () => ({ learningRate: rate(), effectiveStep: rate(), momentum, preconditioned: true }),
    dispose() {
      velocities.dispose();
      others.dispose();
    },
  };
}
