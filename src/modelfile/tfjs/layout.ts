import type { TensorEntry } from '../model';
import type { SourceFile } from '../sourceFile';

/** How a TensorFlow.js model lies on disk. */
export interface TfjsLayout {
  readonly kind: 'tfjs';
  readonly json: SourceFile;
  /** Where the member `weightroom` of the JSON stands, its name included, where it has one. */
  readonly packed?: { readonly start: number; readonly end: number };
  /** Where the value of `weightsManifest` stands in the JSON. */
  readonly manifest: { readonly start: number; readonly end: number };
  /** The tensors of each group of the manifest; of a model that is packed, one group of all. */
  readonly groups: readonly (readonly TensorEntry[])[];
}
