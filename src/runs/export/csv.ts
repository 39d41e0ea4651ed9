import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Quality, RunEvent, TensorResult } from '../../protocol/events';
import type { RunRecord } from '../../protocol/run';
import type { StudyRow } from '../../protocol/study';
import { writeError } from '../fileError';
import { makeFolder } from '../makeFolder';
import { runView } from '../view';
import { instrumentTables } from './instrumentTables';

type Cell = string | number | boolean | undefined;

/**
 * Writes the tables of a run into `folder`, which is made where it is missing: `metrics.csv`, one row a
 * measured step, `tensors.csv`, one row a tensor, `rate-distortion.csv`, one row a method and number of bits,
 * `quality.csv`, one row a task, `figures.csv`, one row a figure of a study, `trials.csv`, one row a trial of a
 * sweep, and what instruments said (`instrumentTables`). A table without rows is not written. Numbers keep every digit;
 * NaN and infinities are `NaN`, `Infinity`, `-Infinity`.
 * @returns absolute paths of the files
 * @throws UserError where they cannot be written
 */
export async function writeCsv(folder: string, record: RunRecord): Promise<readonly string[]> {
  const files: string[] = [];
  try {
    await makeFolder(folder);
    for (const [name, rows] of [
      ['metrics.csv', metricRows(record.events)],
      ['tensors.csv', tensorRows(record.events)],
      ['rate-distortion.csv', rateDistortionRows(record)],
      ['quality.csv', qualityRows(record.events)],
      ['figures.csv', figureRows(record.events)],
      ...instrumentTables(record),
      ['trials.csv', trialRows(record.events)],
    ] as const) {
      const file = path.resolve(folder, name);
      if (await writeRows(file, rows)) files.push(file);
    }
  } catch (error) {
    throw writeError(error, folder, 'another folder with --csv');
  }
  return files;
}

function* metricRows(events: readonly RunEvent[]): Generator<readonly Cell[]> {
  const metrics = events.filter((event) => event.type === 'metrics');
  const start = events[0]?.time ?? 0;
  const names = new Set<string>();
  for (const { values } of metrics) for (const name of Object.keys(values)) names.add(name);
  yield ['step', 'epoch', 'seconds', ...names];
  for (const { step, epoch, time, values } of metrics) {
    yield [step, epoch, (time - start) / 1000, ...Array.from(names, (name) => values[name])];
  }
}

const TENSOR_COLUMNS = [
  'name',
  'shape',
  'action',
  'reason',
  'bits',
  'mse',
  'distortion',
  'snrDb',
  'iterations',
] as const satisfies readonly (keyof TensorResult)[];

function* tensorRows(events: readonly RunEvent[]): Generator<readonly Cell[]> {
  yield TENSOR_COLUMNS;
  for (const event of events) {
    if (event.type !== 'tensor') continue;
    yield TENSOR_COLUMNS.map((column) =>
      column === 'shape' ? event.tensor.shape.join('x') : event.tensor[column],
    );
  }
}

function* rateDistortionRows(record: RunRecord): Generator<readonly Cell[]> {
  yield ['method', 'nominalBits', 'trueBits', 'distortion', 'snrDb', 'seconds'];
  for (const { method, bits, distortion, snrDb, seconds } of runView(record).rateDistortion?.rows ?? []) {
    yield [method, bits.nominal, bits.true, distortion, snrDb, seconds];
  }
}

const QUALITY_COLUMNS = [
  'task',
  'metric',
  'unit',
  'before',
  'after',
  'higherIsBetter',
  'samples',
] as const satisfies readonly (keyof Quality)[];

function* qualityRows(events: readonly RunEvent[]): Generator<readonly Cell[]> {
  yield QUALITY_COLUMNS;
  for (const event of events) {
    if (event.type === 'quality') yield QUALITY_COLUMNS.map((column) => event[column]);
  }
}

const FIGURE_COLUMNS = [
  'what',
  'published',
  'ours',
  'deviation',
  'unit',
  'verdict',
  'note',
] as const satisfies readonly (keyof StudyRow)[];

function* figureRows(events: readonly RunEvent[]): Generator<readonly Cell[]> {
  yield [...FIGURE_COLUMNS, 'curve', 'trueBits'];
  for (const event of events) {
    if (event.type !== 'figure') continue;
    const { row } = event;
    yield [...FIGURE_COLUMNS.map((column) => row[column]), row.place?.curve, row.place?.bits];
  }
}

function* trialRows(events: readonly RunEvent[]): Generator<readonly Cell[]> {
  const trials = events.flatMap((event) => (event.type === 'trial' ? [event.trial] : []));
  const paths = new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)));
  const metrics = new Set(trials.flatMap(({ final }) => Object.keys(final)));
  yield ['run', 'state', ...paths, 'seed', 'seconds', ...metrics];
  for (const { run, state, parameters, seed, seconds, final } of trials) {
    const settings = Array.from(paths, (path) => parameters[path]);
    yield [run, state, ...settings, seed, seconds, ...Array.from(metrics, (name) => final[name])];
  }
}

/** Rows are written in pieces of about a megabyte; returns false where there is only a heading. */
async function writeRows(file: string, rows: Iterator<readonly Cell[]>): Promise<boolean> {
  const heading = rows.next();
  let next = rows.next();
  if (heading.done || next.done) return false;
  const handle = await open(file, 'w');
  try {
    let piece = csvRow(heading.value);
    for (; !next.done; next = rows.next()) {
      piece += csvRow(next.value);
      if (piece.length > 2 ** 20) {
        await handle.write(piece);
        piece = '';
      }
    }
    await handle.write(piece);
    return true;
  } finally {
    await handle.close();
  }
}

/** One line of RFC 4180. */
function csvRow(cells: readonly Cell[]): string {
  return `${cells.map((cell) => csvCell(cell === undefined ? '' : String(cell))).join(',')}\r\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
