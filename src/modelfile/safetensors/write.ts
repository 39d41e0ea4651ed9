import path from 'node:path';
import { UserError } from '../../protocol/userError';
import { DTYPE_BYTES } from '../dtype';
import { quoted } from '../jsonReader';
import { MAX_HEADER_BYTES, MAX_TENSORS } from '../limits';
import type { DType, ModelWriter } from '../model';
import { readInto } from '../sourceFile';
import { StagedFiles, type StagedFile, type StagingOptions } from '../stagedFiles';
import { StagedWriter, type Slot } from '../stagedWriter';
import type { SafetensorsLayout } from './layout';

/** A tensor that will be written. */
export interface NewTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

interface FilePlan {
  readonly target: string;
  readonly header: Uint8Array;
  /** Tensors in the order in which they are written, with their places in the file. */
  readonly places: readonly { readonly name: string; readonly start: number; readonly length: number }[];
  readonly length: number;
}

/**
 * Starts a safetensors file of tensors that will be written in the order of `entries`. In the file they
 * are sorted by the width of their elements, widest first, so that each starts at a multiple of its
 * width: PyTorch cannot view others.
 * @throws UserError as {@link StagedFiles.stage}, `duplicate-tensor`, `too-many-tensors`
 */
export async function writeSafetensors(
  output: string,
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
  options: StagingOptions,
): Promise<ModelWriter> {
  return start([planSorted(path.resolve(output), entries, metadata)], undefined, options);
}

/** Bytes of the file that {@link writeSafetensors} makes of these tensors, header included. */
export function safetensorsLength(
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
): number {
  return planSorted('', entries, metadata).length;
}

function planSorted(
  target: string,
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
): FilePlan {
  const sorted = entries.toSorted((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  return planFile(target, sorted, entries, metadata);
}

/**
 * Starts a copy of a safetensors model: the same tensors in the same order in as many files, under
 * names that follow the output's. A model in several files becomes one where `output` names one.
 */
export async function writeSafetensorsLike(
  { shards, index }: SafetensorsLayout,
  output: string,
  options: StagingOptions,
): Promise<ModelWriter> {
  const target = path.resolve(output);
  const stem = /^(.+)\.safetensors\.index\.json$/i.exec(target)?.[1];
  if (index !== undefined && stem !== undefined) {
    const plans = shards.map(({ tensors, metadata }, i) =>
      planFile(
        `${stem}-${fiveDigits(i + 1)}-of-${fiveDigits(shards.length)}.safetensors`,
        tensors,
        tensors,
        metadata,
      ),
    );
    return start(plans, { target, bytes: await newIndex(plans, index) }, options);
  }
  if (!target.toLowerCase().endsWith('.safetensors')) {
    throw new UserError(
      'output-name',
      `${path.basename(target)} is not a name for a copy of this model.`,
      `Choose a name that ends in .safetensors${index === undefined ? '' : ' or .safetensors.index.json'}.`,
    );
  }
  const tensors = shards.flatMap((shard) => shard.tensors);
  const metadata = Object.assign({}, ...shards.toReversed().map((shard) => shard.metadata)) as Record<
    string,
    string
  >;
  return start([planFile(target, tensors, tensors, metadata)], undefined, options);
}

/** Lays out one file: `placed` says the order of the data, `written` the order of the calls to `write`. */
function planFile(
  target: string,
  placed: readonly NewTensor[],
  written: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
): FilePlan {
  const begins = new Map<string, number>();
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let end = 0;
  for (const { name, dtype, shape } of placed) {
    if (begins.has(name) || name === '__metadata__') {
      throw new UserError(
        'duplicate-tensor',
        `The name ${quoted(name)} cannot be given to another tensor of the output.`,
        'Rename the tensor in the source.',
      );
    }
    const begin = end;
    begins.set(name, begin);
    end += byteLength({ dtype, shape });
    // Written key by key: an object of JavaScript would move names like "10" to its front.
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const header = encodeHeader(fields);
  if (header.length - 8 > MAX_HEADER_BYTES || begins.size > MAX_TENSORS) {
    throw new UserError(
      'too-many-tensors',
      `${path.basename(target)} would hold ${begins.size} tensors, more than can be read again.`,
      'Write the model in several files.',
    );
  }
  const places = written.map((tensor) => ({
    name: tensor.name,
    start: header.length + begins.get(tensor.name)!,
    length: byteLength(tensor),
  }));
  return { target, header, places, length: header.length + end };
}

/** Length, then JSON, padded with spaces so that the data starts at a multiple of 8. */
function encodeHeader(fields: readonly string[]): Uint8Array {
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

async function newIndex(
  plans: readonly FilePlan[],
  { file, metadata }: NonNullable<SafetensorsLayout['index']>,
): Promise<Uint8Array> {
  const pairs = plans.flatMap(({ target, places }) =>
    places.map(({ name }) => `    ${JSON.stringify(name)}: ${JSON.stringify(path.basename(target))}`),
  );
  const map = `  "weight_map": {\n${pairs.join(',\n')}\n  }\n}\n`;
  if (metadata === undefined) return new TextEncoder().encode(`{\n${map}`);
  const kept = new Uint8Array(metadata.end - metadata.start);
  await readInto(file, metadata.start, kept);
  return Buffer.concat([Buffer.from('{\n  "metadata": '), kept, Buffer.from(`,\n${map}`)]);
}

async function start(
  plans: readonly FilePlan[],
  index: { readonly target: string; readonly bytes: Uint8Array } | undefined,
  options: StagingOptions,
): Promise<ModelWriter> {
  const staged = await StagedFiles.stage(
    [...plans, ...(index === undefined ? [] : [{ target: index.target, length: index.bytes.length }])],
    options,
  );
  try {
    if (index !== undefined) await staged.at(plans.length).write(index.bytes, 0);
    const slots: Slot[] = [];
    for (const [i, plan] of plans.entries()) {
      const file: StagedFile = staged.at(i);
      await file.write(plan.header, 0);
      await file.close();
      for (const { name, ...place } of plan.places) slots.push({ name, parts: [{ file, ...place }] });
    }
    return new StagedWriter(staged, slots);
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

function byteLength({ dtype, shape }: Omit<NewTensor, 'name'>): number {
  return shape.reduce((product, dimension) => product * dimension, DTYPE_BYTES[dtype]);
}

function fiveDigits(n: number): string {
  return String(n).padStart(5, '0');
}
