import { writeSafetensors, writeSafetensorsLike } from './safetensors/write';
import type { NewTensor } from './safetensors/plan';
import type { Model, ModelWriter } from './model';
import { writeTfjsLike } from './tfjs/write';

export { safetensorsLength, type NewTensor } from './safetensors/plan';

export interface WriteOptions {
  /** Replace files that exist already; the source is never replaced. */
  readonly force: boolean;
}

/**
 * Starts a copy of `source` in its own format, with the same names, types, shapes and order, whose
 * tensors the caller then writes: their bytes in the type that the source gives them. A model of no
 * format of this room (a packed one) is written as safetensors.
 * @throws UserError `output-exists`, `output-is-source`, `output-name`, `disk-full`, `folder-not-writable`, …
 */
export async function createPortableWriter(
  source: Model,
  output: string,
  { force }: WriteOptions,
): Promise<ModelWriter> {
  const options = { force, sources: source.files };
  const { layout, tensors, metadata } = source;
  switch (layout?.kind) {
    case 'tfjs':
      return writeTfjsLike(layout, tensors, output, options);
    case 'safetensors':
      return writeSafetensorsLike(layout, output, options);
    case undefined:
      return writeSafetensors(output, tensors, metadata, options);
  }
}

/**
 * Starts a safetensors file with tensors and metadata of the caller's own, written in the order of
 * `entries`. `sources` are files that it must not replace even with `force`.
 */
export async function createSafetensorsWriter(
  output: string,
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
  { force, sources = [] }: WriteOptions & { readonly sources?: readonly string[] },
): Promise<ModelWriter> {
  return writeSafetensors(output, entries, metadata, { force, sources });
}
