import type { Tensor } from '@tensorflow/tfjs';
import { elements, targetsOf, type Column, type Split } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import { Random } from '../math/random';
import { augmentImages, type Augmentation } from './augment';
import { streamSeed } from './randomness';

export interface Batch {
  readonly size: number;
  /** `[size, ...shape of an example]`, int32 where the column holds int32, else float32. */
  readonly x: Tensor;
  /** One a target. One-hot `[size, classes]`, or `[size, ...shape]`; one number an example is `[size, 1]`. */
  readonly y: readonly Tensor[];
}

/** The order in which an epoch visits the training examples; it depends on seed and epoch alone. */
export function epochOrder(size: number, seed: number, epoch: number): Uint32Array {
  return new Random(streamSeed(seed, 'shuffle', epoch)).permutation(size);
}

/** Gathers examples into tensors, their images changed where that is asked for; the caller disposes them. */
export function takeBatch(
  tf: TensorFlow,
  split: Split,
  examples: Uint32Array,
  augmentation?: Augmentation,
): Batch {
  const size = examples.length;
  const y = targetsOf(split).map((column) => gather(tf, column, examples));
  return { size, x: gather(tf, split.x, examples, augmentation), y };
}

function gather(tf: TensorFlow, column: Column, examples: Uint32Array, augmentation?: Augmentation): Tensor {
  const { values, shape, classes } = column;
  if (classes !== undefined) return oneHot(tf, values, classes, examples);
  const width = elements(shape);
  const isInteger = values instanceof Int32Array;
  const rows = isInteger
    ? gatherRows(new Int32Array(examples.length * width), column, width, examples)
    : gatherRows(new Float32Array(examples.length * width), column, width, examples);
  if (augmentation !== undefined) augmentImages(rows, shape, augmentation);
  const batchShape = [examples.length, ...(shape.length === 0 ? [1] : shape)];
  return tf.tensor(rows, batchShape, isInteger ? 'int32' : 'float32');
}

function gatherRows<T extends Int32Array | Float32Array>(
  rows: T,
  { values, scale = 1 }: Column,
  width: number,
  examples: Uint32Array,
): T {
  for (let i = 0; i < examples.length; i++) {
    const from = examples[i]! * width;
    const to = i * width;
    if (scale === 1) rows.set(values.subarray(from, from + width), to);
    else for (let j = 0; j < width; j++) rows[to + j] = values[from + j]! * scale;
  }
  return rows;
}

function oneHot(tf: TensorFlow, labels: Column['values'], classes: number, examples: Uint32Array): Tensor {
  const rows = new Float32Array(examples.length * classes);
  for (let i = 0; i < examples.length; i++) rows[i * classes + labels[examples[i]!]!] = 1;
  return tf.tensor2d(rows, [examples.length, classes]);
}
