import type { TensorFlow } from '../../engine/engine';
import type { NamedVariable } from '../optimizers/optimizer';

/** Returns what gives the variables the values that they have now. To be called, and used, in one `tf.tidy`. */
export function remember(tf: TensorFlow, variables: readonly NamedVariable[]): () => void {
  const copies = variables.map(({ variable }) => tf.clone(variable));
  return () =>
    variables.forEach(({ variable }, i) => {
      if (variable.dataId !== copies[i]!.dataId) variable.assign(copies[i]!);
    });
}
