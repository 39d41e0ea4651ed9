/** A data set as it lies in memory: plain typed arrays, no tensors. */

/** Numbers of a split, example after example. */
export interface Column {
  /** Row-major, `[examples, ...shape]`. */
  readonly values: Float32Array | Int32Array | Uint8Array;
  /** Shape of one example: `[28, 28, 1]`; empty for one number an example. */
  readonly shape: readonly number[];
  /** Every value is multiplied by it when a batch is made: 1/255 for stored bytes. 1 where absent. */
  readonly scale?: number;
  /** Number of classes, where the values are class indices from 0. A batch then holds one-hot rows. */
  readonly classes?: number;
}

/** Examples of one purpose: `x` is what the model sees, `y` what it should answer. */
export interface Split {
  readonly size: number;
  readonly x: Column;
  readonly y: Column;
  /** The targets by name, where there are several; `y` is the first of them. */
  readonly targets?: Readonly<Record<string, Column>>;
}

export interface DataSet {
  /** For people: `MNIST`. */
  readonly name: string;
  readonly train: Split;
  readonly test?: Split;
}

/** The first `count` examples of a split; the whole split where it has no more. Shares memory. */
export function firstExamples(split: Split, count: number): Split {
  if (count >= split.size) return split;
  const { x, y, targets } = split;
  const first = (column: Column): Column => firstRows(column, count);
  return { size: count, x: first(x), y: first(y), ...(targets && { targets: mapValues(targets, first) }) };
}

function mapValues(
  columns: Readonly<Record<string, Column>>,
  change: (column: Column) => Column,
): Readonly<Record<string, Column>> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, change(column)]));
}

function firstRows(column: Column, count: number): Column {
  return { ...column, values: column.values.subarray(0, count * elements(column.shape)) };
}

/** What a model should answer: one column, or the named ones in their order. */
export function targetsOf({ y, targets }: Split): readonly Column[] {
  return targets === undefined ? [y] : Object.values(targets);
}

/** Number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
