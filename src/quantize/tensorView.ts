import type { ModelFormat, TensorEntry } from '../modelfile/model';
import { METHOD_OFFERS, type QuantizeSpec } from '../protocol/jobSpec';
import { matrixRows, rowLength, transpose, transposedShape } from './matrixShape';
import { isEmbedding } from './bitsToSpare';

/** How a method sees a tensor. */
export interface TensorView {
  readonly shape: readonly number[];
  readonly groupSize: number;
  /** Whether the axes of the matrix are exchanged, {@link transposedShape}. */
  readonly transposed: boolean;
}

/**
 * The view in which the weights that are to share a scale follow one another. Those of an output are a row
 * where outputs are the first axis (PyTorch's `[out, in]`, and tables of embeddings) and a column where they
 * are the last (`[in, out]` of TensorFlow.js); columns become rows by exchanging the axes.
 */
export function viewFor(
  { method, grouping, groupSize }: Pick<QuantizeSpec, 'method' | 'grouping' | 'groupSize'>,
  tensor: TensorEntry,
  format: ModelFormat,
): TensorView {
  const { shape } = tensor;
  if (grouping === 'group' || METHOD_OFFERS[method].groupSize === undefined) {
    return { shape, groupSize, transposed: false };
  }
  if (format === 'safetensors' || isEmbedding(tensor) || matrixRows(shape) === undefined) {
    return { shape, groupSize: rowLength(shape), transposed: false };
  }
  const exchanged = transposedShape(shape);
  return { shape: exchanged, groupSize: exchanged[1], transposed: true };
}

/** Values in the order of a view. */
export function toView(values: Float32Array, { shape, transposed }: TensorView): Float32Array {
  return transposed ? transpose(values, shape[1]!) : values;
}

/** And back. */
export function fromView(values: Float32Array, { shape, transposed }: TensorView): Float32Array {
  return transposed ? transpose(values, shape[0]!) : values;
}
