import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/userError';
import { CsvFault, csvRows } from './csvRows';
import type { Column, DataSet, Split } from './dataSet';
import { divide, type SplitOptions } from './splitRows';

export interface CsvOptions extends SplitOptions {
  /** The table, from the experiment's own folder; its first row names the columns. */
  readonly file: string;
  /** Column to predict: numbers, or texts, which become classes in alphabetical order. */
  readonly target: string;
  /** Columns that the model sees, all numbers; every other one where absent. */
  readonly inputs?: readonly string[];
  /** Says that a target of whole numbers from 0 holds class indices, and how many classes there are. */
  readonly classes?: number;
  /** Moves and scales every input to mean 0 and deviation 1 over the training rows; false where absent. */
  readonly standardize?: boolean;
  /** What stands between cells; a comma where absent. */
  readonly separator?: string;
}

export interface CsvSource extends CsvOptions {
  readonly source: 'csv';
}

/** Above so many bytes a text does not fit into one string of JavaScript, or nearly so. */
const LARGEST = 2 ** 28;

/** A table of numbers as a data set: `x` is `[rows, inputs]`, `y` the target. */
export function csv(options: CsvOptions): CsvSource {
  return { source: 'csv', ...options };
}

/**
 * @param experimentFolder absolute; the file's path counts from it
 * @throws UserError `csv-not-found`, `csv-too-large`, or `csv-malformed` with line and column
 */
export async function loadCsv(options: CsvOptions, experimentFolder: string): Promise<DataSet> {
  const file = path.resolve(experimentFolder, options.file);
  const table = readTable(await readText(file), options);
  const { train, test } = divide(table.size, table.x, table.y, options);
  const prepare = options.standardize === true ? standardizer(train) : (split: Split): Split => split;
  return { name: path.basename(file), train: prepare(train), ...(test && { test: prepare(test) }) };
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= LARGEST) return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UserError(
      'csv-not-found',
      `The table ${file} cannot be read.`,
      'Name a CSV file: csv({ file: "table.csv", target: "price" }).',
      { cause },
    );
  }
  throw new UserError(
    'csv-too-large',
    `${file} has more than ${LARGEST} bytes.`,
    'Save it as .npz: npz({ file, x, y }).',
  );
}

interface Table {
  readonly size: number;
  readonly x: Column;
  readonly y: Column;
}

function readTable(text: string, { file, target, inputs, classes, separator = ',' }: CsvOptions): Table {
  const malformed = (what: string, remedy = 'Correct the file.'): UserError =>
    new UserError('csv-malformed', `${file}: ${what}.`, remedy);
  try {
    const rows = csvRows(text, separator);
    const heading = rows.next();
    if (heading.done === true) throw malformed('it is empty');
    const names = heading.value.cells.map((name) => name.trim());
    const columnOf = (name: string): number => {
      const index = names.indexOf(name);
      if (index >= 0) return index;
      throw malformed(`there is no column "${name}"`, `Its columns are ${names.join(', ')}.`);
    };
    const wanted = (inputs ?? names.filter((name) => name !== target)).map(columnOf);
    const answer = columnOf(target);
    if (wanted.length === 0)
      throw malformed('no column is left to learn from', 'Name some: csv({ inputs }).');

    const values: number[] = [];
    const answers: string[] = [];
    for (const { line, cells } of rows) {
      if (cells.length !== names.length) {
        throw malformed(`line ${line} has ${cells.length} cells, the heading ${names.length}`);
      }
      for (const column of wanted) {
        const value = numberIn(cells[column]!);
        if (value === undefined) {
          throw malformed(
            `line ${line}, column "${names[column]!}": "${shorten(cells[column]!)}" is no number`,
            'Correct it, or leave the column out: csv({ inputs: […] }).',
          );
        }
        values.push(value);
      }
      const cell = cells[answer]!.trim();
      if (cell === '') throw malformed(`line ${line}, column "${target}" is empty`);
      answers.push(cell);
    }
    const size = answers.length;
    if (size === 0) throw malformed('it has a heading and no rows');
    return {
      size,
      x: { values: Float32Array.from(values), shape: [wanted.length] },
      y: targetColumn(answers, classes, (what) => malformed(`column "${target}" ${what}`)),
    };
  } catch (error) {
    if (error instanceof CsvFault) throw malformed(`line ${error.line}: ${error.message}`);
    throw error;
  }
}

function targetColumn(
  cells: readonly string[],
  classes: number | undefined,
  malformed: (what: string) => UserError,
): Column {
  const numbers = cells.map(numberIn);
  if (classes !== undefined) {
    const wrong = numbers.findIndex((value) => !Number.isInteger(value) || value! < 0 || value! >= classes);
    if (wrong >= 0) throw malformed(`holds "${shorten(cells[wrong]!)}", no class from 0 to ${classes - 1}`);
    return { values: Int32Array.from(numbers as number[]), shape: [], classes };
  }
  if (numbers.every((value) => value !== undefined)) return { values: Float32Array.from(numbers), shape: [] };
  const names = [...new Set(cells)].sort();
  if (names.length === 1) throw malformed('holds one text alone');
  const index = new Map(names.map((name, i) => [name, i]));
  return { values: Int32Array.from(cells, (cell) => index.get(cell)!), shape: [], classes: names.length };
}

/** Moves and scales by what the training rows say; a column that never changes becomes 0. */
function standardizer({ x: { values, shape }, size }: Split): (split: Split) => Split {
  const width = shape[0]!;
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]!;
  for (let i = 0; i < width; i++) mean[i]! /= size;
  for (let i = 0; i < values.length; i++) variance[i % width]! += (values[i]! - mean[i % width]!) ** 2 / size;
  const scale = variance.map((square, i) => {
    const deviation = Math.sqrt(square);
    // Less than a float32 can tell from the mean is rounding.
    return deviation <= 1e-7 * Math.abs(mean[i]!) || deviation === 0 ? 0 : 1 / deviation;
  });
  return (split) => ({
    ...split,
    x: {
      ...split.x,
      values: Float32Array.from(split.x.values, (v, i) => (v - mean[i % width]!) * scale[i % width]!),
    },
  });
}

function numberIn(cell: string): number | undefined {
  const value = Number(cell);
  return cell.trim() !== '' && Number.isFinite(value) ? value : undefined;
}

function shorten(cell: string): string {
  return cell.length <= 30 ? cell : `${cell.slice(0, 30)}…`;
}
