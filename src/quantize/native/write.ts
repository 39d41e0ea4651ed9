import { CollectingWriter } from '../../modelfile/collectingWriter';
import type { EncodableDType } from '../../modelfile/dtype';
import type { Model, TensorEntry } from '../../modelfile/model';
import { packedDestination } from '../../modelfile/packedOutput';
import { safetensorsLength, type NewTensor } from '../../modelfile/write';
import type { QuantizedTensor } from '../method';
import { encodePackedTensor, packedTensorLength } from '../packedTensor';
import { nativeMetadata, type NativeTensor } from './header';

/** A packed tensor with what the file says of it. */
export interface NewPackedTensor {
  readonly entry: TensorEntry & { readonly dtype: EncodableDType };
  readonly method: string;
  readonly quantized: Pick<QuantizedTensor, 'packed' | 'coding'>;
  /** Whether the method was given the matrix with its axes exchanged. */
  readonly transposed?: boolean;
}

/** What a native file will hold, as far as its tensors are done. */
export class NativeContents {
  private readonly tensors: NativeTensor[] = [];
  private readonly entries: NewTensor[] = [];

  constructor(private readonly source: Model) {}

  addKept(tensor: TensorEntry): NewTensor {
    this.tensors.push({ name: tensor.name });
    this.entries.push(tensor);
    return tensor;
  }

  addPacked({ entry, method, quantized, transposed = false }: NewPackedTensor): NewTensor {
    const { name, dtype, shape } = entry;
    const { packed, coding } = quantized;
    const stored: NewTensor = { name, dtype: 'U8', shape: [packedTensorLength(packed)] };
    this.tensors.push({ name, packed: { dtype, shape, method, transposed, coding } });
    this.entries.push(stored);
    return stored;
  }

  get metadata(): Readonly<Record<string, string>> {
    return nativeMetadata(this.source, this.tensors);
  }

  /** Bytes of the safetensors file, header included. */
  get bytes(): number {
    return safetensorsLength(this.entries, this.metadata);
  }
}

/** Writes a native file tensor by tensor, in the order of the source. Any error removes all of it. */
export class NativeWriter {
  private constructor(
    private readonly contents: NativeContents,
    private readonly writer: CollectingWriter,
  ) {}

  /**
   * @param contents is told of every tensor that is written
   * @param expectedBytes about what the file will take
   * @throws UserError `output-name`, `output-exists`, `output-is-source`, `disk-full`, `folder-not-writable`, …
   */
  static async start(
    source: Model,
    contents: NativeContents,
    output: string,
    { force, expectedBytes }: { readonly force: boolean; readonly expectedBytes: number },
  ): Promise<NativeWriter> {
    const writer = await CollectingWriter.start(packedDestination(source, output), {
      names: source.tensors.map(({ name }) => name),
      expectedBytes,
      force,
      sources: source.files,
    });
    return new NativeWriter(contents, writer);
  }

  async writeKept(tensor: TensorEntry, bytes: Uint8Array): Promise<void> {
    await this.writer.add(this.contents.addKept(tensor), bytes);
  }

  async writePacked(tensor: NewPackedTensor): Promise<void> {
    await this.writer.add(this.contents.addPacked(tensor), encodePackedTensor(tensor.quantized.packed));
  }

  /** @param size bytes that the files shall take together, see {@link CollectingWriter.finish} */
  async finish(size?: number): Promise<readonly string[]> {
    return this.writer.finish(this.contents.metadata, size);
  }

  async abort(): Promise<void> {
    await this.writer.abort();
  }
}
