import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import type { Losses } from './objective';
import { presentGradients } from './optimizers/optimizer';

/** The loss of a batch and its gradients, by the engine's names of variables. */
export interface LossGradients {
  /** A scalar; of several tasks a vector: the whole, then one a task. */
  readonly value: Tensor;
  readonly grads: NamedTensorMap;
}

/**
 * The loss of a batch and its gradients, taken part by part: a part needs the memory of its own examples only,
 * for one begins when the gradients of the one before are there. The sum is weighted by the parts' examples,
 * so it is the mean over the batch, as that of a loss which is a mean over examples.
 *
 * Of several tasks it is the gradient of their weighted sum: the direction of a step comes from here alone.
 * @param parts how many there are; the last may be smaller, and some be missing where examples are few
 */
export function lossGradients(
  tf: TensorFlow,
  losses: (x: Tensor, y: readonly Tensor[]) => Losses,
  variables: Variable[],
  x: Tensor,
  y: readonly Tensor[],
  parts: number,
): LossGradients {
  if (parts === 1) return gradientsOf(tf, () => losses(x, y), variables);
  const size = x.shape[0];
  const partSize = Math.ceil(size / parts);
  let sum: LossGradients | undefined;
  for (let start = 0; start < size; start += partSize) {
    const count = Math.min(partSize, size - start);
    const before = sum;
    sum = tf.tidy(() => {
      const [partX, ...partY] = [x, ...y].map((whole) =>
        tf.slice(before === undefined ? whole : afterGradients(tf, whole, before.grads), start, count),
      );
      const part = gradientsOf(tf, () => losses(partX!, partY), variables);
      return { ...plus(tf, before, part, count / size) };
    });
    if (before !== undefined) tf.dispose({ ...before });
  }
  return sum!;
}

function gradientsOf(tf: TensorFlow, losses: () => Losses, variables: Variable[]): LossGradients {
  let byTask: readonly Scalar[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const { total, byTask: own } = losses();
    // They would be disposed with all that the forward pass made.
    byTask = own.map((loss) => tf.keep(loss));
    return total;
  }, variables);
  if (byTask.length === 0) return { value, grads };
  const all = tf.stack([value, ...byTask]);
  tf.dispose([value, ...byTask]);
  return { value: all, grads };
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
    value: added(sum?.value, value),
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
