import { elements, targetsOf, type Column, type Split } from '../../data/dataSet';
import { augmentImages, type Augmentation } from './augment';

/** Examples of a batch, and what becomes of their images. */
export interface BatchContents {
  readonly examples: Uint32Array;
  readonly augmentation?: Augmentation;
}

/** The numbers of one column, example after example. */
export type Rows = Float32Array | Int32Array;

/** Columns that a batch has: what the model sees, then the targets. */
export function columnsOf(split: Split): readonly Column[] {
  return [split.x, ...targetsOf(split)];
}

/** Shape of an example's row: one-hot where there are classes; one number an example is a row of one. */
export function rowShape({ shape, classes }: Column): readonly number[] {
  if (classes !== undefined) return [classes];
  return shape.length === 0 ? [1] : shape;
}

export function isInteger({ values, classes }: Column): boolean {
  return classes === undefined && values instanceof Int32Array;
}

/** Gathers the rows of a batch, one array a column. */
export function assembleRows(split: Split, { examples, augmentation }: BatchContents): Rows[] {
  const [x, ...y] = columnsOf(split).map((column) =>
    column.classes === undefined ? gather(column, examples) : oneHot(column.values, column.classes, examples),
  );
  if (augmentation !== undefined) augmentImages(x!, split.x.shape, augmentation);
  return [x!, ...y];
}

function gather(column: Column, examples: Uint32Array): Rows {
  const { values, shape, scale = 1 } = column;
  const width = elements(shape);
  const size = examples.length * width;
  const rows = isInteger(column) ? new Int32Array(size) : new Float32Array(size);
  for (let i = 0; i < examples.length; i++) {
    const from = examples[i]! * width;
    const to = i * width;
    if (scale === 1) rows.set(values.subarray(from, from + width), to);
    else for (let j = 0; j < width; j++) rows[to + j] = values[from + j]! * scale;
  }
  return rows;
}

function oneHot(labels: Column['values'], classes: number, examples: Uint32Array): Float32Array {
  const rows = new Float32Array(examples.length * classes);
  for (let i = 0; i < examples.length; i++) rows[i * classes + labels[examples[i]!]!] = 1;
  return rows;
}
