import * as tf from '@tensorflow/tfjs';
import { defineExperiment, mnist } from 'weightroom';

/** Filters of the three stages; each halves the image of the one before. */
const STAGES = [16, 32, 64] as const;
const BLOCKS = 3;

/** Handwritten digits with ResNet-20 (He et al., 2015): nine blocks of two convolutions, each with a shortcut. */
export default defineExperiment({
  name: 'MNIST, ResNet-20',
  data: mnist(),

  model: () => {
    const image = tf.input({ shape: [28, 28, 1] });
    let x = relu(convolution(image, STAGES[0], 3, 1));
    STAGES.forEach((filters, stage) => {
      for (let block = 0; block < BLOCKS; block++) x = residualBlock(x, filters, stage > 0 && block === 0);
    });
    const features = tf.layers.globalAveragePooling2d({}).apply(x);
    return tf.model({
      inputs: image,
      outputs: tf.layers.dense({ units: 10 }).apply(features) as tf.SymbolicTensor,
    });
  },

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'momentum', learningRate: 0.1, weightDecay: 0.0001 },
  schedule: { decay: 'cosine' },
  batchSize: 128,
  epochs: 3,
  seed: 1,
});

/** `isWider`: the image is halved, and the shortcut, too, becomes a convolution. */
function residualBlock(x: tf.SymbolicTensor, filters: number, isWider: boolean): tf.SymbolicTensor {
  const strides = isWider ? 2 : 1;
  const branch = convolution(relu(convolution(x, filters, 3, strides)), filters, 3, 1);
  const shortcut = isWider ? convolution(x, filters, 1, strides) : x;
  return relu(tf.layers.add().apply([branch, shortcut]) as tf.SymbolicTensor);
}

/** A convolution and its batch normalization. */
function convolution(x: tf.SymbolicTensor, filters: number, kernelSize: number, strides: number) {
  const layer = tf.layers.conv2d({
    filters,
    kernelSize,
    strides,
    padding: 'same',
    useBias: false,
    kernelInitializer: 'heNormal',
  });
  // Moving averages over ten steps: a run here has few.
  return tf.layers.batchNormalization({ momentum: 0.9 }).apply(layer.apply(x)) as tf.SymbolicTensor;
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.reLU().apply(x) as tf.SymbolicTensor;
}
