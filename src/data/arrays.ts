import { UserError } from '../protocol/userError';
import { elements, type Column, type DataSet, type Split } from './dataSet';

/** Numbers nested to any depth: `[[0, 1], [2, 3]]`. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** Numbers that lie in one typed array, row-major; `shape` begins with the number of examples. */
export interface FlatNumbers {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

export interface ArraySplit {
  readonly x: NestedNumbers | FlatNumbers;
  /** One target, or several by name: `{ left: …, right: … }`, one for each task of the experiment. */
  readonly y: NestedNumbers | FlatNumbers | NamedTargets;
}

export type NamedTargets = Readonly<Record<string, NestedNumbers | FlatNumbers>>;

export interface ArraysOptions {
  readonly train: ArraySplit;
  readonly test?: ArraySplit;
  /**
   * Says that `y` holds class indices from 0, and how many classes there are; of targets with names, for all of
   * them or by name, and then those that are not named hold numbers.
   */
  readonly classes?: number | Readonly<Record<string, number>>;
  /** For people. */
  readonly name?: string;
}

export interface ArraysSource extends ArraysOptions {
  readonly source: 'arrays';
}

/** Your own numbers as a data set. The first dimension of `x` and `y` counts the examples. */
export function arrays(options: ArraysOptions): ArraysSource {
  return { source: 'arrays', ...options };
}

/** @throws UserError `data-malformed` where lengths, shapes or classes do not agree */
export function loadArrays({ train, test, classes, name }: ArraysOptions): DataSet {
  const data = {
    name: name ?? 'arrays',
    train: readSplit(train, classes, 'data.train'),
    ...(test !== undefined && { test: readSplit(test, classes, 'data.test') }),
  };
  if (data.test !== undefined && String(data.test.x.shape) !== String(data.train.x.shape)) {
    throw malformed(
      `An example of data.test.x has the shape [${data.test.x.shape.join(', ')}], one of data.train.x ` +
        `[${data.train.x.shape.join(', ')}]`,
    );
  }
  const targetNames = (split: Split): string =>
    Object.keys(split.targets ?? {})
      .sort()
      .join(', ');
  if (data.test !== undefined && targetNames(data.test) !== targetNames(data.train)) {
    throw malformed('data.test.y and data.train.y have different targets');
  }
  return data;
}

function readSplit({ x, y }: ArraySplit, classes: ArraysOptions['classes'], where: string): Split {
  const { size, column } = readColumn(x, `${where}.x`);
  if (size === 0) throw malformed(`${where}.x has no examples`);
  const classesOf = (name: string): number | undefined =>
    typeof classes === 'object' ? classes[name] : classes;
  if (!isNamed(y)) return { size, x: column, y: readTarget(y, size, classesOf(''), `${where}.y`) };
  const targets = Object.fromEntries(
    Object.entries(y).map(([name, numbers]) => [
      name,
      readTarget(numbers, size, classesOf(name), `${where}.y.${name}`),
    ]),
  );
  const [first] = Object.values(targets);
  if (first === undefined) throw malformed(`${where}.y names no target`);
  return { size, x: column, y: first, targets };
}

function readTarget(
  numbers: NestedNumbers | FlatNumbers,
  examples: number,
  classes: number | undefined,
  where: string,
): Column {
  const { size, column } = readColumn(numbers, where);
  if (size !== examples) {
    throw malformed(`${where} has ${size} examples, and x beside it has ${examples}`);
  }
  return classes === undefined ? column : asClasses(column, classes, where);
}

function isNamed(y: ArraySplit['y']): y is NamedTargets {
  return !Array.isArray(y) && !ArrayBuffer.isView((y as FlatNumbers).values);
}

function asClasses(column: Column, classes: number, where: string): Column {
  if (column.shape.length > 0) throw malformed(`${where} should hold one class index an example`);
  for (const value of column.values) {
    if (!Number.isInteger(value) || value < 0 || value >= classes) {
      throw malformed(`${where} holds ${value}, which is no class index from 0 to ${classes - 1}`);
    }
  }
  return { ...column, classes };
}

function readColumn(numbers: NestedNumbers | FlatNumbers, where: string): { size: number; column: Column } {
  const { values, shape } = isNested(numbers) ? flatten(numbers, where) : numbers;
  const [size = 0, ...rest] = shape;
  if (values.length !== elements(shape)) {
    throw malformed(
      `${where} has ${values.length} values, its shape [${shape.join(', ')}] needs another number`,
    );
  }
  return { size, column: { values, shape: rest } };
}

function isNested(numbers: NestedNumbers | FlatNumbers): numbers is NestedNumbers {
  return Array.isArray(numbers);
}

function flatten(nested: NestedNumbers, where: string): FlatNumbers {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) shape.push(level.length);
  const values = new Float32Array(elements(shape));
  let filled = 0;
  const visit = (level: unknown, depth: number): void => {
    if (depth === shape.length && typeof level === 'number') {
      values[filled++] = level;
    } else if (Array.isArray(level) && level.length === shape[depth]) {
      for (const inner of level) visit(inner, depth + 1);
    } else {
      throw malformed(`${where} is ragged, or holds something that is not a number`);
    }
  };
  visit(nested, 0);
  return { values, shape };
}

function malformed(what: string): UserError {
  return new UserError('data-malformed', `${what}.`, 'Correct the arrays that the experiment hands over.');
}
