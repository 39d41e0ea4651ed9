import path from 'node:path';
import { encodeFloat32 } from '../modelfile/dtype';
import type { Model, TensorEntry } from '../modelfile/model';
import { createPortableWriter } from '../modelfile/write';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { NativeWriter, type NativeContents, type NewPackedTensor } from './native/write';

/** Where the tensors of a quantized model go, in the order of the source. Any error removes all of it. */
export interface QuantizedOutput {
  keep(tensor: TensorEntry, bytes: Uint8Array): Promise<void>;
  /** `values` are what the packed tensor decodes to. */
  add(tensor: NewPackedTensor, values: Float32Array): Promise<void>;
  /** Returns the absolute paths of the files made; the one to open is the last. */
  finish(): Promise<readonly string[]>;
  abort(): Promise<void>;
}

/**
 * Starts the output that a spec asks for. `contents` is told of every tensor, so that it knows what the
 * native form takes, whichever form is written.
 */
export async function startOutput(
  source: Model,
  { form, output, force, size }: Pick<QuantizeSpec, 'form' | 'output' | 'force' | 'size'>,
  contents: NativeContents,
  expectedBytes: number,
): Promise<QuantizedOutput> {
  if (form === 'native') {
    const native = await NativeWriter.start(source, contents, output, { force, expectedBytes });
    return {
      keep: (tensor, bytes) => native.writeKept(tensor, bytes),
      add: (tensor) => native.writePacked(tensor),
      finish: () => native.finish(size),
      abort: () => native.abort(),
    };
  }
  const writer = await createPortableWriter(source, path.resolve(output), { force });
  return {
    async keep(tensor, bytes) {
      contents.addKept(tensor);
      await writer.write(tensor.name, bytes);
    },
    async add(tensor, values) {
      contents.addPacked(tensor);
      const { name, dtype } = tensor.entry;
      await writer.write(name, encodeFloat32(values, dtype));
    },
    finish: () => writer.finish(),
    abort: () => writer.abort(),
  };
}
