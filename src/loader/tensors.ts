import { decodeFloat32 } from '../modelfile/dtype';
import type { DType } from '../modelfile/model';
import { damaged } from '../quantize/damage';
import { decodeTensor } from '../quantize/decodeTensor';
import { decoderOf } from '../quantize/decoders';
import { transpose, transposedShape } from '../quantize/matrixShape';
import { NATIVE_KEYS, type PackedEntry } from '../quantize/native/header';
import { readListing } from '../quantize/native/listing';
import { PackedTensorReader } from '../quantize/packedTensor';
import { roundTo } from '../quantize/rounding';
import { ByteQueue } from './byteQueue';
import type { ByteStream } from './download';
import { notNative } from './notNative';
import { takeHeader, type StoredTensor } from './header';

/** A tensor of the original model. */
export interface LoadedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As safetensors names it: `F32`, `I32`, `BOOL`, … */
  readonly dtype: DType;
  /** Floating-point numbers as float32, whatever their type in the original; other numbers as they are. */
  readonly values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

export interface LoadedTensors {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the original. */
  readonly tensors: readonly LoadedTensor[];
}

/**
 * Decodes a file in the native form while it arrives: each chunk as soon as it is there.
 * @param onProgress is told the share of the file that has arrived, from 0 to 1, and the bytes
 * @throws UserError `not-native`, `native-version`, `native-damaged`, `malformed`, `download-failed`
 */
export async function decodeStream(
  stream: ByteStream,
  onProgress: (fraction: number, bytes: number) => void,
): Promise<LoadedTensors> {
  let total = Infinity;
  const tell = () => onProgress(Math.min(queue.arrived / total, 1), queue.arrived);
  const queue = new ByteQueue(stream, tell);
  try {
    const { metadata, tensors, fileBytes } = await takeHeader(queue);
    if (metadata[NATIVE_KEYS.format] !== 'native') throw notNative('The file');
    total = fileBytes;
    tell();
    const listing = readListing(metadata);
    const packed = new Map(listing.map((tensor) => [tensor.name, tensor.packed]));
    const loaded = new Map<string, LoadedTensor>();
    for (const stored of tensors) {
      const entry = packed.get(stored.name);
      const tensor = entry ? await takePacked(queue, stored, entry) : await takeKept(queue, stored);
      loaded.set(stored.name, tensor);
    }
    const ordered = listing.map(({ name }) => {
      const tensor = loaded.get(name);
      if (tensor === undefined) throw damaged(`${name} is missing`);
      return tensor;
    });
    return { metadata, tensors: ordered };
  } finally {
    await queue.close();
  }
}

async function takeKept(
  queue: ByteQueue,
  { name, dtype, shape, bytes }: StoredTensor,
): Promise<LoadedTensor> {
  const raw = await queue.take(bytes);
  const values =
    dtype === 'I32' ? new Int32Array(raw.buffer) : isFloat(dtype) ? decodeFloat32(raw, dtype) : raw;
  return { name, dtype, shape, values };
}

function isFloat(dtype: DType): boolean {
  return dtype.startsWith('F') || dtype === 'BF16';
}

async function takePacked(
  queue: ByteQueue,
  { name, bytes }: StoredTensor,
  { dtype, shape, method, transposed, coding }: PackedEntry,
): Promise<LoadedTensor> {
  const start = queue.position;
  const reader = await PackedTensorReader.open(name, {
    length: bytes,
    read: (begin, length) => {
      if (start + begin !== queue.position) throw new Error(`${name} is not read in the order of its bytes`);
      return queue.take(length);
    },
  });
  const coded = { open: decoderOf(method), coding, shape: transposed ? transposedShape(shape) : shape };
  const values = await decodeTensor(reader, coded);
  const inOrder = transposed ? transpose(values, transposedShape(shape)[0]) : values;
  return { name, dtype, shape, values: roundTo(inOrder, dtype) as Float32Array<ArrayBuffer> };
}
