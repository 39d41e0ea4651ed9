import type { TensorEntry } from '../model';
import type { SourceFile } from '../sourceFile';

/** One safetensors file of a model. */
export interface SafetensorsShard {
  readonly file: SourceFile;
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their data. */
  readonly tensors: readonly TensorEntry[];
}

/** How a safetensors model lies on disk. */
export interface SafetensorsLayout {
  readonly kind: 'safetensors';
  readonly shards: readonly SafetensorsShard[];
  /** Of a model in several files: the index, and where its `metadata` value stands in it. */
  readonly index?: {
    readonly file: SourceFile;
    readonly metadata: { readonly start: number; readonly end: number } | undefined;
  };
}
