import { readRange, type Concatenation } from './concatenation';
import { decodeFloat32 } from './dtype';
import type { Model, ModelFormat, TensorEntry } from './model';
import type { SafetensorsLayout } from './safetensors/layout';
import { decodeStock, type StockQuantization } from './tfjs/stockQuantization';
import type { TfjsLayout } from './tfjs/layout';

/** A tensor and the place of its bytes. */
export interface StoredTensor {
  readonly entry: TensorEntry;
  readonly data: Concatenation;
  readonly begin: number;
  /** How TensorFlow.js packed it, if it did. */
  readonly quantization?: StockQuantization;
}

export interface StoredModelParts {
  readonly format: ModelFormat;
  readonly path: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly StoredTensor[];
  /** What a writer needs to make the same files again. */
  readonly layout: SafetensorsLayout | TfjsLayout;
}

/** A model in files whose headers have been read and checked. */
export class StoredModel implements Model {
  readonly format: ModelFormat;
  readonly path: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly TensorEntry[];
  readonly layout: SafetensorsLayout | TfjsLayout;
  private readonly stored = new Map<string, StoredTensor>();

  constructor(parts: StoredModelParts) {
    this.format = parts.format;
    this.path = parts.path;
    this.files = parts.files.map((file) => file.path);
    this.bytes = parts.files.reduce((sum, file) => sum + file.size, 0);
    this.metadata = parts.metadata;
    this.tensors = parts.tensors.map((tensor) => tensor.entry);
    this.layout = parts.layout;
    for (const tensor of parts.tensors) this.stored.set(tensor.entry.name, tensor);
  }

  async readBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const { entry, data, begin, quantization } = this.find(name);
    const bytes = await readRange(data, begin, entry.bytes);
    return quantization === undefined ? bytes : decodeStock(bytes, quantization, entry.dtype);
  }

  /** `length` bytes of a tensor as they stand in the file, from `begin` on; see {@link TensorEntry.bytes}. */
  async readStored(name: string, begin: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const { data, begin: start } = this.find(name);
    return readRange(data, start + begin, length);
  }

  async readFloat32(name: string): Promise<Float32Array<ArrayBuffer>> {
    return decodeFloat32(await this.readBytes(name), this.find(name).entry.dtype);
  }

  /** Nothing to give back: files are open only while they are read. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private find(name: string): StoredTensor {
    const stored = this.stored.get(name);
    if (stored === undefined) throw new Error(`No tensor ${name} in ${this.path}`);
    return stored;
  }
}
