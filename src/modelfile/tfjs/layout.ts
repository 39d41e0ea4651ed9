import type { TensorEntry } from '../model';
import type { SourceFile } from '../sourceFile';

/** How a TensorFlow.js model lies on disk. */
export interface TfjsLayout {
  readonly kind: 'tfjs';
  readonly json: SourceFile;
  /** Where the value of `weightsManifest` stands in the JSON. */
  readonly manifest: { readonly start: number; readonly end: number };
  /** The tensors of each group of the manifest. */
  readonly groups: readonly (readonly TensorEntry[])[];
}
