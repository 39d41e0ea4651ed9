import { Random } from '../math/random';
import { UserError } from '../protocol/userError';
import { elements, type Column, type Split } from './dataSet';

/** How rows that came in one piece are divided. */
export interface SplitOptions {
  /** Share of the rows kept for testing; 0.2 where absent. */
  readonly testShare?: number;
  /** Which rows these are: the same seed gives the same ones; 1 where absent. */
  readonly splitSeed?: number;
}

/** Rows drawn for training and testing, each in the order of the file; what is trained on does not change with it. */
export function splitRows(
  size: number,
  { testShare = 0.2, splitSeed = 1 }: SplitOptions,
): { readonly train: Uint32Array; readonly test: Uint32Array } {
  const tested = Math.floor(testShare * size);
  if (size - tested < 1 || (testShare > 0 && tested < 1)) {
    throw new UserError(
      'data-malformed',
      `${size} rows are too few to train on and to test ${testShare} of them.`,
      'Give more rows, or testShare: 0.',
    );
  }
  const order = new Random(splitSeed).permutation(size);
  return { test: order.subarray(0, tested).sort(), train: order.subarray(tested).sort() };
}

/** Both splits of columns that hold `size` examples; no test split where no row is kept for it. */
export function divide(
  size: number,
  x: Column,
  y: Column,
  options: SplitOptions,
): { readonly train: Split; readonly test?: Split } {
  const { train, test } = splitRows(size, options);
  const take = (rows: Uint32Array): Split => ({ size: rows.length, x: gather(x, rows), y: gather(y, rows) });
  return { train: take(train), ...(test.length > 0 && { test: take(test) }) };
}

function gather(column: Column, rows: Uint32Array): Column {
  const width = elements(column.shape);
  const Values = column.values.constructor as new (length: number) => typeof column.values;
  const values = new Values(rows.length * width);
  rows.forEach((row, i) => values.set(column.values.subarray(row * width, (row + 1) * width), i * width));
  return { ...column, values };
}
