import path from 'node:path';
import { UserError } from '../../protocol/userError';
import { DTYPE_BYTES } from '../dtype';
import { quoted } from '../jsonReader';
import { MAX_HEADER_BYTES, MAX_TENSORS } from '../limits';
import type { DType } from '../model';

/** A tensor that will be written. */
export interface NewTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A safetensors file that is laid out. */
export interface FilePlan {
  readonly target: string;
  readonly header: Uint8Array;
  /** Tensors in the order in which they are written, with their places in the file. */
  readonly places: readonly { readonly name: string; readonly start: number; readonly length: number }[];
  readonly length: number;
}

/**
 * Lays out a file of tensors that are written in the order of `entries`. In the file they are sorted by
 * the width of their elements, widest first, so that each starts at a multiple of its width: PyTorch
 * cannot view others.
 * @param spare bytes by which the header is made longer, rounded down to a multiple of 8
 * @throws UserError `duplicate-tensor`, `too-many-tensors`
 */
export function planSafetensors(
  target: string,
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
  spare = 0,
): FilePlan {
  const sorted = entries.toSorted((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  return planFile(target, sorted, entries, metadata, spare);
}

/** Bytes of the file that {@link planSafetensors} lays out, header included. */
export function safetensorsLength(
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
): number {
  return planSafetensors('', entries, metadata).length;
}

/** Lays out one file: `placed` says the order of the data, `written` the order of the calls to `write`. */
export function planFile(
  target: string,
  placed: readonly NewTensor[],
  written: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
  spare = 0,
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
  const header = encodeHeader(fields, spare);
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
function encodeHeader(fields: readonly string[], spare: number): Uint8Array {
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = (Math.ceil(json.length / 8) + Math.floor(spare / 8)) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

function byteLength({ dtype, shape }: Omit<NewTensor, 'name'>): number {
  return shape.reduce((product, dimension) => product * dimension, DTYPE_BYTES[dtype]);
}
