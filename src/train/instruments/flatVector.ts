import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';

/** The entries of tensors one after another. */
export function flatten(tf: TensorFlow, tensors: readonly Tensor[]): Tensor1D {
  return tf.concat<Tensor1D>(tensors.map((tensor) => tf.reshape(tensor, [-1])));
}

/** Tensors of these shapes from the entries of all, undoing `flatten`. */
export function unflatten(
  tf: TensorFlow,
  vector: Tensor1D,
  shapes: readonly (readonly number[])[],
): Tensor[] {
  let start = 0;
  return shapes.map((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const part = tf.reshape(tf.slice(vector, start, size), [...shape]);
    start += size;
    return part;
  });
}
