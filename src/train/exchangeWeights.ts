import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import type { NamedVariable } from './optimizers/optimizer';

/** Runs `body` while variables hold other values, which it disposes; then they have their own again, to the bit. */
export async function withWeights<T>(
  tf: TensorFlow,
  variables: readonly NamedVariable[],
  values: readonly Tensor[],
  body: () => Promise<T>,
): Promise<T> {
  const own = variables.map(({ variable }) => tf.clone(variable));
  const hold = (tensors: readonly Tensor[]): void =>
    variables.forEach(({ variable }, place) => variable.assign(tensors[place]!));
  try {
    hold(values);
    return await body();
  } finally {
    hold(own);
    tf.dispose([...own, ...values]);
  }
}
