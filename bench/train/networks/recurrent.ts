import type { Tensor } from '@tensorflow/tfjs';
import { crossEntropy, normal, setWeights, zeros, type Network } from './network';

const BATCH = 32;
const STEPS = 20;
const INPUTS = 32;
const UNITS = 64;

export const lstm = recurrent('lstm', 4);

export const gru: Network = {
  ...recurrent('gru', 3),
  differs: 'PyTorch applies the reset gate after the recurrent product',
};

/** A recurrent layer of 64 units over 20 steps of 32 numbers and a head, batch 32, Adam. */
function recurrent(kind: 'lstm' | 'gru', gates: number): Network {
  return {
    weights: {
      'recurrent/kernel': normal([INPUTS, gates * UNITS], 0.15),
      'recurrent/recurrent_kernel': normal([UNITS, gates * UNITS], 0.1),
      'recurrent/bias': zeros(gates * UNITS),
      'head/kernel': normal([UNITS, 5], 0.2),
      'head/bias': zeros(5),
    },
    input: { kind: 'normal', shape: [BATCH, STEPS, INPUTS] },
    classes: 5,
    labels: BATCH,
    build(tf, weights) {
      const model = tf.sequential({
        layers: [
          tf.layers[kind]({
            name: 'recurrent',
            inputShape: [STEPS, INPUTS],
            units: UNITS,
            recurrentActivation: 'sigmoid',
            // The customary one is orthogonal, which takes seconds, and is replaced at once.
            recurrentInitializer: 'zeros',
          }),
          tf.layers.dense({ name: 'head', units: 5 }),
        ],
      });
      setWeights(model, weights);
      const optimizer = tf.train.adam(1e-3);
      return (x, y) =>
        optimizer.minimize(() => crossEntropy(tf, y, model.apply(x, { training: true }) as Tensor), true)!;
    },
  };
}
