/** What is asked of tfjs-node once it is loaded. Part of the engine's bundle. */
import * as tf from '@tensorflow/tfjs-node';

export interface BackendDescription {
  /** Version of libtensorflow: `2.21.0`. */
  readonly version: string;
  readonly gpu: boolean;
}

/** The part of tfjs-node's backend that tfjs-core's type does not have. */
interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

export function describeBackend(): BackendDescription {
  const backend = tf.backend() as unknown as NativeBackend;
  return { version: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice };
}

/**
 * One step of gradient descent on a small convolutional network: proof that the binding, the library
 * and the gradients work together. Returns the loss before and after; the second is smaller.
 */
export function trainOneStep(): { readonly before: number; readonly after: number } {
  return tf.tidy(() => {
    const images = tf.randomNormal<tf.Rank.R4>([16, 8, 8, 1], 0, 1, 'float32', 1);
    const labels = tf.oneHot(tf.range(0, 16, 1, 'int32').mod(tf.scalar(4, 'int32')), 4);
    const filter = tf.variable(tf.randomNormal<tf.Rank.R4>([3, 3, 1, 4], 0, 0.3, 'float32', 2));
    const weights = tf.variable(tf.randomNormal<tf.Rank.R2>([64, 4], 0, 0.1, 'float32', 3));
    const loss = () => {
      const features = tf.relu(tf.conv2d(images, filter, 2, 'same')).reshape<tf.Tensor2D>([16, 64]);
      return tf.losses.softmaxCrossEntropy(labels, tf.matMul(features, weights)).asScalar();
    };
    const optimizer = tf.train.sgd(0.1);
    const before = optimizer.minimize(loss, true, [filter, weights])!;
    const result = { before: before.arraySync(), after: loss().arraySync() };
    tf.dispose([filter, weights]);
    return result;
  });
}
