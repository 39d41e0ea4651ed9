import * as tf from '@tensorflow/tfjs';
import { cifar10, defineExperiment } from 'weightroom';

/**
 * ResNet-20 on CIFAR-10, as He et al. (2015) train it: batches of 128, momentum, weight decay, images cropped and
 * mirrored. Name the folder with the published binary files: `cifar10({ folder: '…' })`.
 */
export default defineExperiment({
  name: 'CIFAR-10, ResNet-20',
  data: cifar10(),
  augment: { crop: 4, flip: true },
  parameters: { filters: 16, blocks: 3 },

  model: ({ filters, blocks }) => {
    const input = tf.input({ shape: [32, 32, 3] });
    let x = relu(convolution(input, filters));
    for (let stage = 0; stage < 3; stage++) {
      for (let block = 0; block < blocks; block++) {
        x = residual(x, filters * 2 ** stage, stage > 0 && block === 0);
      }
    }
    const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
    const logits = tf.layers.dense({ units: 10 }).apply(pooled) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs: logits });
  },

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.9, weightDecay: 0.0001 },
  batchSize: 128,
  epochs: 160,
  seed: 1,
});

/** Two convolutions beside a shortcut; where a block halves the image, the shortcut is a convolution 1 × 1. */
function residual(x: tf.SymbolicTensor, filters: number, halves: boolean): tf.SymbolicTensor {
  const strides = halves ? 2 : 1;
  const branch = convolution(relu(convolution(x, filters, 3, strides)), filters);
  const shortcut = halves ? convolution(x, filters, 1, strides) : x;
  return relu(tf.layers.add().apply([branch, shortcut]) as tf.SymbolicTensor);
}

function convolution(x: tf.SymbolicTensor, filters: number, kernelSize = 3, strides = 1): tf.SymbolicTensor {
  const options = { filters, kernelSize, strides, padding: 'same', useBias: false } as const;
  const product = tf.layers.conv2d({ ...options, kernelInitializer: 'heNormal' }).apply(x);
  return tf.layers.batchNormalization().apply(product) as tf.SymbolicTensor;
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.reLU().apply(x) as tf.SymbolicTensor;
}
