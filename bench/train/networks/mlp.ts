import type { Optimizer, Scalar } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';
import { optimizer } from '../../../src/train/optimizerLibrary';
import type { OptimizerSettings } from '../../../src/train/optimizers/settings';
import { crossEntropy, normal, variables, zeros, type Network } from './network';

/** 784-256-10 with a rectifier, batch 256, Adam. */
export const mlp = mlpMovedBy((tf) => tf.train.adam(1e-3));

/** The same, moved by optimizers of the product. γ begins away from μ, where it would stay whether updated or not. */
export const mlpMomentum = mlpOf({ name: 'momentum', learningRate: 0.01 });
export const mlpNagGs = mlpOf({ name: 'nag-gs', gamma: 1.5 });
export const mlpNagGsUpdated = mlpOf({ name: 'nag-gs', gamma: 1.5, updateGamma: true });

function mlpOf(settings: OptimizerSettings): Network {
  return mlpMovedBy((tf) => optimizer(settings, { tf }));
}

function mlpMovedBy(createOptimizer: (tf: TensorFlow) => Optimizer): Network {
  return {
    weights: {
      'hidden/kernel': normal([784, 256], 0.03),
      'hidden/bias': zeros(256),
      'head/kernel': normal([256, 10], 0.05),
      'head/bias': zeros(10),
    },
    input: { kind: 'normal', shape: [256, 784] },
    classes: 10,
    labels: 256,
    build(tf, weights) {
      const w = variables(tf, weights);
      const moving = createOptimizer(tf);
      return (x, y): Scalar =>
        moving.minimize(() => {
          const hidden = tf.relu(tf.add(tf.matMul(x, w('hidden/kernel')), w('hidden/bias')));
          return crossEntropy(tf, y, tf.add(tf.matMul(hidden, w('head/kernel')), w('head/bias')));
        }, true)!;
    },
  };
}
