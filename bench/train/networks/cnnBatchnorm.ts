import type { Tensor } from '@tensorflow/tfjs';
import { constant, crossEntropy, normal, setWeights, zeros, type Network } from './network';

/** As `cnn`, of layers, with batch normalization after each convolution. */
export const cnnBatchnorm: Network = {
  weights: {
    'conv1/kernel': normal([5, 5, 1, 16], 0.1),
    'norm1/gamma': constant([16], 1),
    'norm1/beta': zeros(16),
    'conv2/kernel': normal([5, 5, 16, 32], 0.05),
    'norm2/gamma': constant([32], 1),
    'norm2/beta': zeros(32),
    'head/kernel': normal([1568, 10], 0.03),
    'head/bias': zeros(10),
  },
  input: { kind: 'normal', shape: [128, 28, 28, 1] },
  classes: 10,
  labels: 128,
  build(tf, weights) {
    const convolution = { kernelSize: 5, padding: 'same', useBias: false } as const;
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ ...convolution, name: 'conv1', inputShape: [28, 28, 1], filters: 16 }),
        tf.layers.batchNormalization({ name: 'norm1' }),
        tf.layers.activation({ activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.conv2d({ ...convolution, name: 'conv2', filters: 32 }),
        tf.layers.batchNormalization({ name: 'norm2' }),
        tf.layers.activation({ activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ name: 'head', units: 10 }),
      ],
    });
    setWeights(model, weights);
    const optimizer = tf.train.adam(1e-3);
    return (x, y) =>
      optimizer.minimize(() => crossEntropy(tf, y, model.apply(x, { training: true }) as Tensor), true)!;
  },
};
