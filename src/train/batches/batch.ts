import type { Tensor } from '@tensorflow/tfjs';
import type { Split } from '../../data/dataSet';
import type { TensorFlow } from '../../engine/engine';
import { assembleRows, columnsOf, isInteger, rowShape, type BatchContents, type Rows } from './rows';

export interface Batch {
  readonly size: number;
  /** `[size, ...shape of an example]`, int32 where the column holds int32, else float32. */
  readonly x: Tensor;
  /** One a target. One-hot `[size, classes]`, or `[size, ...shape]`; one number an example is `[size, 1]`. */
  readonly y: readonly Tensor[];
}

/** Gathers examples into tensors, their images changed where that is asked for; the caller disposes them. */
export function takeBatch(tf: TensorFlow, split: Split, contents: BatchContents): Batch {
  return batchOf(tf, split, contents.examples.length, assembleRows(split, contents));
}

/** The batch with these rows, which belong to its tensors from then on. */
export function batchOf(tf: TensorFlow, split: Split, size: number, rows: readonly Rows[]): Batch {
  const [x, ...y] = columnsOf(split).map((column, i) =>
    tf.tensor(rows[i]!, [size, ...rowShape(column)], isInteger(column) ? 'int32' : 'float32'),
  );
  return { size, x: x!, y };
}
