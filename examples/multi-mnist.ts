import * as tf from '@tensorflow/tfjs';
import { defineExperiment, multiMnist } from 'weightroom';

/** Two handwritten digits, one over the other: one network that tells both. */
export default defineExperiment({
  name: 'MultiMNIST, two tasks',
  data: multiMnist(),
  parameters: { filters: 16, features: 64 },

  // A trunk that both tasks share, and a head for each: the layers of the outputs have the names of the tasks.
  model: ({ filters, features }) => {
    const image = tf.input({ shape: [28, 28, 1] });
    const trunk = [
      tf.layers.conv2d({ filters, kernelSize: 5, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 2 * filters, kernelSize: 5, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: features, activation: 'relu' }),
    ].reduce((answer, layer) => layer.apply(answer) as tf.SymbolicTensor, image);
    const head = (name: string) => tf.layers.dense({ name, units: 10 }).apply(trunk) as tf.SymbolicTensor;
    return tf.model({ inputs: image, outputs: [head('left'), head('right')] });
  },

  // Their weighted sum is minimised. The outputs are logits: the loss applies the softmax.
  loss: {
    left: { loss: 'softmaxCrossEntropy', weight: 1 },
    right: { loss: 'softmaxCrossEntropy', weight: 1 },
  },

  optimizer: { name: 'adam', learningRate: 0.001 },
  batchSize: 128,
  epochs: 3,
  seed: 1,
});
