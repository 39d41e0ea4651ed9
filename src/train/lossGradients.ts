import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import { presentGradients } from './optimizers/optimizer';

/** The loss of a batch and its gradients, by the engine's names of variables. */
export interface LossGradients {
  readonly value: Scalar;
  readonly grads: NamedTensorMap;
}

/**
 * The loss of a batch and its gradients, taken part by part: a part needs the memory of its own examples only,
 * for one begins when the gradients of the one before are there. The sum is weighted by the parts' examples,
 * so it is the mean over the batch, as that of a loss which is a mean over examples.
 * @param parts how many there are; the last may be smaller, and some be missing where examples are few
 */
export function lossGradients(
  tf: TensorFlow,
  loss: (x: Tensor, y: Tensor) => Scalar,
  variables: Variable[],
  x: Tensor,
  y: Tensor,
  parts: number,
): LossGradients {
  if (parts === 1) return tf.variableGrads(() => loss(x, y), variables);
  const size = x.shape[0];
  const partSize = Math.ceil(size / parts);
  let sum: LossGradients | undefined;
  for (let start = 0; start < size; start += partSize) {
    const count = Math.min(partSize, size - start);
    const before = sum;
    sum = tf.tidy(() => {
      const [partX, partY] = [x, y].map((whole) =>
        tf.slice(before === undefined ? whole : afterGradients(tf, whole, before.grads), start, count),
      );
      const part = tf.variableGrads(() => loss(partX!, partY!), variables);
      return { ...plus(tf, before, part, count / size) };
    });
    if (before !== undefined) tf.dispose({ ...before });
  }
  return sum!;
}

function plus(
  tf: TensorFlow,
  sum: LossGradients | undefined,
  { value, grads }: LossGradients,
  weight: number,
): LossGradients {
  const added = (before: Tensor | undefined, tensor: Tensor): Tensor => {
    const weighted = tf.mul(tensor, weight);
    return before === undefined ? weighted : tf.add(before, weighted);
  };
  return {
    value: added(sum?.value, value) as Scalar,
    grads: Object.fromEntries(
      presentGradients(grads).map(([name, gradient]) => [name, added(sum?.grads[name], gradient)]),
    ),
  };
}

/**
 * `whole` as it is, in a form that a graph cannot compute before the gradients: a graph has no order but that
 * of inputs, and would run all parts at once.
 */
function afterGradients(tf: TensorFlow, whole: Tensor, grads: NamedTensorMap): Tensor {
  const entries = Object.values(grads).map((gradient) => tf.slice(tf.reshape(gradient, [-1]), 0, 1));
  const awaited = tf.cast(tf.reshape(tf.addN(entries), []), whole.dtype);
  return tf.where(tf.scalar(true, 'bool'), whole, awaited);
}
