import * as tf from '@tensorflow/tfjs';
import { defineExperiment, mnist } from 'weightroom';

/** Handwritten digits with two convolutions: nearly 99 % of the test images within three epochs. */
export default defineExperiment({
  name: 'MNIST, two convolutions',
  data: mnist(),
  parameters: { filters: 16 },

  model: ({ filters }) =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [28, 28, 1], filters, kernelSize: 5, activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.conv2d({ filters: 2 * filters, kernelSize: 5, activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 10 }),
      ],
    }),

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'adam', learningRate: 0.001 },
  batchSize: 128,
  epochs: 3,
  seed: 1,
});
