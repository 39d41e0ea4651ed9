import path from 'node:path';
import type { Model } from '../../modelfile/model';
import { byteCount, measured } from '../quantities';
import { textTable } from './textTable';

/**
 * What the header of a model says, as a page of plain text: in ASCII, because the editor marks everything
 * else as suspect in an untrusted workspace. Names of tensors are long, so they stand after the figures.
 * `locale` is a BCP 47 tag.
 */
export function modelText(model: Model, locale: string): string {
  const count = (value: number): string => value.toLocaleString(locale);
  const parameters = model.tensors.reduce((sum, { size }) => sum + size, 0);
  const facts = [
    model.format,
    byteCount(model.bytes, locale),
    `${count(parameters)} parameters`,
    `${count(model.tensors.length)} tensors`,
  ];
  const metadata = Object.entries(model.metadata);
  const tensors = textTable(
    [
      { title: 'dtype', align: 'left' },
      { title: 'parameters', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'shape', align: 'left' },
      { title: 'tensor', align: 'left' },
    ],
    model.tensors.map(({ name, dtype, shape, size, bytes }) => [
      dtype,
      count(size),
      byteCount(bytes, locale),
      shape.length === 0 ? 'scalar' : shape.join(' x '),
      oneLine(name),
    ]),
  );
  return [
    path.basename(model.path),
    facts.join(', '),
    ...(model.files.length > 1
      ? [`files: ${model.files.map((file) => path.basename(file)).join(', ')}`]
      : []),
    ...(metadata.length > 0
      ? ['', ...metadata.map(([key, value]) => `${oneLine(key)}: ${oneLine(value)}`)]
      : []),
    '',
    tensors,
    '',
  ].join('\n');
}

/** How two models differ: the JSON of `weightroom compare`. */
export interface Comparison {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly TensorDifference[];
  readonly identical: number;
}

export interface TensorDifference {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mse: number;
  readonly distortion: number;
  readonly snrDb: number;
  readonly maxAbs: number;
}

/** A comparison as a page of plain text, the worst tensors first. */
export function comparisonText(a: string, b: string, comparison: Comparison): string {
  const { added, removed, changed, identical } = comparison;
  const worstFirst = [...changed].sort((x, y) => y.distortion - x.distortion);
  const differences = textTable(
    [
      { title: 'distortion', align: 'right' },
      { title: 'SNR, dB', align: 'right' },
      { title: 'MSE', align: 'right' },
      { title: 'largest error', align: 'right' },
      { title: 'shape', align: 'left' },
      { title: 'tensor', align: 'left' },
    ],
    worstFirst.map(({ name, shape, distortion, snrDb, mse, maxAbs }) => [
      ...[distortion, snrDb, mse, maxAbs].map(measured),
      shape.join(' x '),
      oneLine(name),
    ]),
  );
  const names = (title: string, list: readonly string[]): string[] =>
    list.length > 0 ? ['', `${title}:`, ...list.map((name) => `  ${oneLine(name)}`)] : [];
  return [
    a,
    b,
    `${changed.length} tensors differ, ${identical} identical, ${added.length} added, ${removed.length} removed`,
    ...(changed.length > 0
      ? ['', 'Distortion is the mean squared error divided by the mean square of the first.', '', differences]
      : []),
    ...names('only in the second', added),
    ...names('only in the first', removed),
    '',
  ].join('\n');
}

/** Names and metadata come from a file that anybody may have made: they get one line each, and no more. */
function oneLine(value: string): string {
  const line = value.replace(/\p{C}+/gu, ' ');
  return line.length > 200 ? `${line.slice(0, 197)}...` : line;
}
