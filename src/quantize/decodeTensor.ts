import { UserError } from '../protocol/userError';
import type { JsonObject } from '../protocol/validate';
import { damaged, within } from './damage';
import type { OpenDecoder, TensorDecoder } from './decoder';
import type { Range } from './groups';
import { elementCount } from './matrixShape';
import type { PackedTensor, PackedTensorReader } from './packedTensor';

/**
 * Weights that a byte may stand for. A false shape is refused by it before anything of its size is
 * allocated. The best code of a tensor of zeros comes to half of this.
 */
const MOST_WEIGHTS_A_BYTE = 4096;

/** How a tensor was coded: by which decoder it is read, and what that needs. */
export interface TensorCoding {
  readonly open: OpenDecoder;
  readonly coding: JsonObject;
  readonly shape: readonly number[];
}

/**
 * Reads and decodes a whole packed tensor, row-major. `onChunk` is called after each chunk with the
 * number of elements decoded so far.
 * @throws UserError `native-damaged`, with the names of the tensor and of the chunk
 */
export async function decodeTensor(
  reader: PackedTensorReader,
  tensor: TensorCoding,
  onChunk?: (elements: number) => void,
): Promise<Float32Array> {
  const decoder = await openDecoder(reader, tensor);
  const values = allocate(reader.name, elementCount(tensor.shape));
  for (const [i, { start, end }] of decoder.ranges.entries()) {
    values.set(await decodeChunk(reader, decoder, i), start);
    onChunk?.(end);
  }
  return decoder.finish?.(values) ?? values;
}

/**
 * Elements of a packed tensor, row-major: only the chunks that hold them are read, unless the method
 * needs all.
 * @throws UserError `native-damaged`
 */
export async function decodeElements(
  reader: PackedTensorReader,
  tensor: TensorCoding,
  { start, end }: Range,
): Promise<Float32Array> {
  const decoder = await openDecoder(reader, tensor);
  if (decoder.finish) return (await decodeTensor(reader, tensor)).slice(start, end);
  const values = allocate(reader.name, end - start);
  for (const [i, range] of decoder.ranges.entries()) {
    const from = Math.max(start, range.start);
    const to = Math.min(end, range.end);
    if (from >= to) continue;
    const chunk = await decodeChunk(reader, decoder, i);
    values.set(chunk.subarray(from - range.start, to - range.start), from - start);
  }
  return values;
}

/** What {@link decodeTensor} makes of a packed tensor that is in memory: an encoder learns from it what it wrote. */
export function decodePacked({ head, chunks }: PackedTensor, tensor: TensorCoding): Float32Array {
  const decoder = tensor.open(tensor.coding, tensor.shape, head);
  const values = new Float32Array(elementCount(tensor.shape));
  for (const [i, { start }] of decoder.ranges.entries()) values.set(decoder.decode(i, chunks[i]!), start);
  return decoder.finish?.(values) ?? values;
}

async function openDecoder(
  reader: PackedTensorReader,
  { open, coding, shape }: TensorCoding,
): Promise<TensorDecoder> {
  const size = elementCount(shape);
  if (!(size <= MOST_WEIGHTS_A_BYTE * reader.length)) throw damaged(`${reader.name} has an impossible shape`);
  const head = await reader.readHead();
  return within(`${reader.name}, its head`, () => {
    const decoder = open(coding, shape, head);
    let end = 0;
    for (const range of decoder.ranges) {
      if (range.start !== end) throw new Error(`Chunks of ${reader.name} do not follow one another`);
      end = range.end;
    }
    if (end !== size || decoder.ranges.length !== reader.chunkCount) {
      throw damaged(`${reader.chunkCount} chunks where its shape needs ${decoder.ranges.length}`);
    }
    return decoder;
  });
}

async function decodeChunk(
  reader: PackedTensorReader,
  decoder: TensorDecoder,
  index: number,
): Promise<Float32Array> {
  const chunk = await reader.readChunk(index);
  return within(`${reader.name}, chunk ${index}`, () => decoder.decode(index, chunk));
}

function allocate(name: string, length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      'tensor-too-large',
      `${name} has ${length} weights, more than can be held in memory.`,
      'Open it on a machine with more memory.',
      { cause: error },
    );
  }
}
