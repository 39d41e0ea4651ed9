import * as tf from '@tensorflow/tfjs';

export interface ResidualNetworkOptions {
  /** Of an image: `[height, width, channels]`. */
  readonly shape: [number, number, number];
  /** Filters of the first stage; each of the two that follow halves the image and has twice as many. */
  readonly filters: number;
  /** Of two convolutions, in each stage: 3 make ResNet-20. */
  readonly blocks: number;
  /** How slowly the moving averages of batch normalization follow, 0.99 where absent. */
  readonly momentum?: number;
}

/** The networks for small images of He et al. (2015): blocks of two convolutions beside a shortcut, ten classes. */
export function residualNetwork({ shape, filters, blocks, momentum = 0.99 }: ResidualNetworkOptions) {
  const input = tf.input({ shape });
  let x = relu(convolution(input, filters));
  for (let stage = 0; stage < 3; stage++) {
    for (let block = 0; block < blocks; block++) {
      x = residual(x, filters * 2 ** stage, stage > 0 && block === 0);
    }
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const logits = tf.layers.dense({ units: 10 }).apply(pooled) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits });

  /** Where a block halves the image, the shortcut is a convolution 1 × 1. */
  function residual(x: tf.SymbolicTensor, width: number, halves: boolean): tf.SymbolicTensor {
    const strides = halves ? 2 : 1;
    const branch = convolution(relu(convolution(x, width, 3, strides)), width);
    const shortcut = halves ? convolution(x, width, 1, strides) : x;
    return relu(tf.layers.add().apply([branch, shortcut]) as tf.SymbolicTensor);
  }

  function convolution(x: tf.SymbolicTensor, width: number, kernelSize = 3, strides = 1): tf.SymbolicTensor {
    const options = { filters: width, kernelSize, strides, padding: 'same', useBias: false } as const;
    const product = tf.layers.conv2d({ ...options, kernelInitializer: 'heNormal' }).apply(x);
    return tf.layers.batchNormalization({ momentum }).apply(product) as tf.SymbolicTensor;
  }
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.reLU().apply(x) as tf.SymbolicTensor;
}
