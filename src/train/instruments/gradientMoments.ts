import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';

/** How parts make up a batch. */
export interface Parts {
  /** k, at least 2. */
  readonly count: number;
  /** b, examples in each. */
  readonly size: number;
}

/**
 * The parts that a batch is divided into: as many as can be, up to `most`, and of equal size. Where the
 * batch cannot be divided evenly, the last few examples are left out.
 */
export function partsOf(batchSize: number, most: number): Parts {
  for (let count = Math.min(most, batchSize); count > most / 2 && count > 1; count--) {
    if (batchSize % count === 0) return { count, size: batchSize / count };
  }
  const count = Math.min(most, batchSize);
  return { count, size: Math.floor(batchSize / count) };
}

/** What is known of the gradients gⱼ of a batch's parts. */
export interface GradientMoments {
  readonly parts: Parts;
  /** ḡ, the mean of the parts' gradients: the variables' entries one after another. */
  readonly mean: Tensor1D;
  /** Of each entry, the variance of one example's gradient, without bias: b·Σⱼ (gⱼ − ḡ)² / (k − 1). */
  readonly variance: Tensor1D;
  /** (gⱼ − ḡ)·ḡ, `[variables, parts]`. */
  readonly along: Tensor2D;
}

/**
 * The moments of gradients that were taken part by part.
 * @param gradients of the parts, the variables' entries one after another; they stay the caller's
 * @param size examples of each part
 * @param sizes entries of each variable
 */
export function momentsOfParts(
  tf: TensorFlow,
  gradients: readonly Tensor1D[],
  size: number,
  sizes: readonly number[],
): GradientMoments {
  const count = gradients.length;
  const moments = tf.tidy(() => {
    const all = tf.stack([...gradients]) as Tensor2D;
    const mean = tf.mean<Tensor1D>(all, 0);
    const deviations = tf.sub<Tensor2D>(all, mean);
    const variance = tf.mul<Tensor1D>(tf.sum(tf.square(deviations), 0), size / (count - 1));
    let start = 0;
    const along = sizes.map((entries) => {
      const own = tf.slice(deviations, [0, start], [count, entries]);
      const direction = tf.slice(mean, start, entries);
      start += entries;
      return tf.reshape(tf.matMul(own, tf.reshape(direction, [-1, 1])), [count]);
    });
    return { mean, variance, along: tf.stack(along) as Tensor2D };
  });
  return { parts: { count, size }, ...moments };
}
