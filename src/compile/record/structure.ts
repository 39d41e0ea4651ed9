import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';

/** The tensors in what a step returned, in order; `undefined` where something else is among them. */
export function flatten(tf: TensorFlow, result: unknown): Tensor[] | undefined {
  if (result === undefined || result === null) return [];
  if (result instanceof tf.Tensor) return [result];
  if (typeof result !== 'object') return undefined;
  const parts = Object.values(result as Record<string, unknown>).map((part) => flatten(tf, part));
  return parts.includes(undefined) ? undefined : (parts as Tensor[][]).flat();
}

/** Something of the structure of `example` with other tensors in their places. */
export function rebuild(tf: TensorFlow, example: unknown, tensors: readonly Tensor[]): unknown {
  const rest = [...tensors];
  const build = (part: unknown): unknown => {
    if (part === undefined || part === null) return part;
    if (part instanceof tf.Tensor) return rest.shift();
    if (Array.isArray(part)) return part.map(build);
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, build(value)]));
  };
  return build(example);
}
