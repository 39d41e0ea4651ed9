import { crossEntropy, normal, variables, zeros, type Network } from './network';

/** 784-256-10 with a rectifier, batch 256, Adam. */
export const mlp: Network = {
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
    const optimizer = tf.train.adam(1e-3);
    return (x, y) =>
      optimizer.minimize(() => {
        const hidden = tf.relu(tf.add(tf.matMul(x, w('hidden/kernel')), w('hidden/bias')));
        return crossEntropy(tf, y, tf.add(tf.matMul(hidden, w('head/kernel')), w('head/bias')));
      }, true)!;
  },
};
