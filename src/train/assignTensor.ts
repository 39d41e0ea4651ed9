import type { Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';

/** Sets a variable to numbers that lie in an array, row-major. They are converted to its type. */
export function assignTensor(
  tf: TensorFlow,
  variable: Variable,
  values: Float32Array | Int32Array | Uint8Array,
): void {
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, variable.dtype)));
}
