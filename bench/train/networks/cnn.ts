import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { crossEntropy, normal, variables, zeros, type Network } from './network';

/** Two convolutions 5 × 5 (16, 32), each with a rectifier and pooling, batch 128, Adam. */
export const cnn: Network = {
  weights: {
    'conv1/kernel': normal([5, 5, 1, 16], 0.1),
    'conv1/bias': zeros(16),
    'conv2/kernel': normal([5, 5, 16, 32], 0.05),
    'conv2/bias': zeros(32),
    'head/kernel': normal([1568, 10], 0.03),
    'head/bias': zeros(10),
  },
  input: { kind: 'normal', shape: [128, 28, 28, 1] },
  classes: 10,
  labels: 128,
  build(tf, weights) {
    const w = variables(tf, weights);
    const optimizer = tf.train.adam(1e-3);
    const block = (x: Tensor, name: string): Tensor4D => {
      const product = tf.conv2d(x as Tensor4D, w(`${name}/kernel`) as Tensor4D, 1, 'same');
      return tf.maxPool(tf.relu<Tensor4D>(tf.add(product, w(`${name}/bias`))), 2, 2, 'valid');
    };
    return (x, y) =>
      optimizer.minimize(() => {
        const features = tf.reshape(block(block(x, 'conv1'), 'conv2'), [-1, 1568]);
        return crossEntropy(tf, y, tf.add(tf.matMul(features, w('head/kernel')), w('head/bias')));
      }, true)!;
  },
};
