import type { Model, ModelWriter } from './model';
import { writeSafetensors, writeSafetensorsLike, type NewTensor } from './safetensors/write';
import { StoredModel } from './storedModel';
import { writeTfjsLike } from './tfjs/write';

export { safetensorsLength, type NewTensor } from './safetensors/write';

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
  if (!(source instanceof StoredModel)) {
    return writeSafetensors(output, source.tensors, source.metadata, options);
  }
  const { layout } = source;
  return layout.kind === 'tfjs'
    ? writeTfjsLike(layout, output, options)
    : writeSafetensorsLike(layout, output, options);
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
