import path from 'node:path';
import { encodeFloat32 } from '../../modelfile/dtype';
import type { Model, ModelFormat, TensorEntry } from '../../modelfile/model';
import type { StoredModel } from '../../modelfile/storedModel';
import type { TfjsLayout } from '../../modelfile/tfjs/layout';
import { damaged } from '../damage';
import { decodeElements, decodeTensor, type TensorCoding } from '../decodeTensor';
import { decoderOf } from '../decoders';
import type { Range } from '../groups';
import { elementCount, rowLength, transpose, transposedShape } from '../matrixShape';
import { PackedTensorReader } from '../packedTensor';
import { roundTo } from '../rounding';
import { NATIVE_KEYS, type PackedEntry } from './header';
import { readListing } from './listing';

/**
 * A file in the native form, seen as the model that it stands for: names, types, shapes and order of the
 * original, and the same values, to the bit, as the portable form of the same quantization.
 */
export class NativeModel implements Model {
  readonly format: ModelFormat;
  readonly path: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly TensorEntry[];
  /** A safetensors file of the unpacked tensors has nothing of the packed one's layout. */
  readonly layout?: TfjsLayout;
  private readonly packed = new Map<string, PackedEntry>();

  /** @throws UserError `native-version`, `native-damaged`, `malformed` where the header lies */
  constructor(private readonly stored: StoredModel) {
    this.format = stored.format;
    this.path = stored.path;
    this.files = stored.files;
    this.bytes = stored.bytes;
    if (stored.layout.kind === 'tfjs') this.layout = stored.layout;
    // Whoever copies these tensors into another file must not mark that file as native.
    const hidden: readonly string[] = [NATIVE_KEYS.format, NATIVE_KEYS.tensors, NATIVE_KEYS.texts];
    this.metadata = Object.fromEntries(
      Object.entries(stored.metadata).filter(([key]) => !hidden.includes(key)),
    );
    const entries = new Map(stored.tensors.map((tensor) => [tensor.name, tensor]));
    this.tensors = readListing(stored.metadata).map(({ name, packed }): TensorEntry => {
      const entry = entries.get(name);
      if (entry === undefined) throw damaged(`${name} is missing`);
      if (packed === undefined) return entry;
      if (entry.dtype !== 'U8') throw damaged(`${name} is packed in a tensor of type ${entry.dtype}`);
      this.packed.set(name, packed);
      const { dtype, shape } = packed;
      return { name, dtype, shape, size: elementCount(shape), bytes: entry.bytes };
    });
  }

  async readBytes(name: string): Promise<Uint8Array> {
    const entry = this.packed.get(name);
    if (entry === undefined) return this.stored.readBytes(name);
    return encodeFloat32(await this.decode(name, entry), entry.dtype);
  }

  async readFloat32(name: string): Promise<Float32Array> {
    const entry = this.packed.get(name);
    if (entry === undefined) return this.stored.readFloat32(name);
    return roundTo(await this.decode(name, entry), entry.dtype);
  }

  /**
   * Some rows of a tensor, without decoding more of it than its chunks and its method require. A row is
   * a stretch of {@link rowLength} elements.
   */
  async readRows(name: string, { start, end }: Range): Promise<Float32Array> {
    const entry = this.packed.get(name);
    const columns = rowLength(this.tensors.find((tensor) => tensor.name === name)?.shape ?? []);
    const range = { start: start * columns, end: end * columns };
    if (entry === undefined || entry.transposed) {
      return (await this.readFloat32(name)).slice(range.start, range.end);
    }
    const reader = await this.open(name);
    return roundTo(await decodeElements(reader, codingOf(entry), range), entry.dtype);
  }

  async close(): Promise<void> {
    await this.stored.close();
  }

  private async decode(name: string, entry: PackedEntry): Promise<Float32Array> {
    const values = await decodeTensor(await this.open(name), codingOf(entry));
    return entry.transposed ? transpose(values, transposedShape(entry.shape)[0]) : values;
  }

  private async open(name: string): Promise<PackedTensorReader> {
    const { bytes } = this.stored.tensors.find((tensor) => tensor.name === name)!;
    return PackedTensorReader.open(`${name} in ${path.basename(this.path)}`, {
      length: bytes,
      read: (begin, length) => this.stored.readStored(name, begin, length),
    });
  }
}

function codingOf({ method, coding, shape, transposed }: PackedEntry): TensorCoding {
  return { open: decoderOf(method), coding, shape: transposed ? transposedShape(shape) : shape };
}
