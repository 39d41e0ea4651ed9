import * as tf from '@tensorflow/tfjs';
import { defineExperiment, mnist } from 'weightroom';

/** Handwritten digits without a hidden layer: multinomial logistic regression, 92 % of the test images. */
export default defineExperiment({
  name: 'MNIST, logistic regression',
  data: mnist(),

  model: () =>
    tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [28, 28, 1] }), tf.layers.dense({ units: 10 })],
    }),

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'nag-gs', alpha: 0.5 },
  batchSize: 128,
  epochs: 10,
  seed: 1,
});
