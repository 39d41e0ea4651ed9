/** A model file seen as named tensors, whatever its format. */
import type { SafetensorsLayout } from './safetensors/layout';
import type { TfjsLayout } from './tfjs/layout';

/** Element types, by the names that safetensors gives them. */
// prettier-ignore
export const DTYPES = [
  'F64', 'F32', 'F16', 'BF16', 'F8_E4M3', 'F8_E5M2',
  'I64', 'I32', 'I16', 'I8', 'U64', 'U32', 'U16', 'U8', 'BOOL',
] as const;
export type DType = (typeof DTYPES)[number];

/** What the header says of one tensor. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  /** Bytes in the file. */
  readonly bytes: number;
}

export type ModelFormat = 'safetensors' | 'tfjs-graph' | 'tfjs-layers';

/** An open model. Only the header has been read; tensors are read one by one, by position. */
export interface Model {
  readonly format: ModelFormat;
  /** The path that was opened: the file, the shard index, or `model.json`. */
  readonly path: string;
  /** Every file that belongs to the model, absolute. */
  readonly files: readonly string[];
  /** Size of all files together. */
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the file. */
  readonly tensors: readonly TensorEntry[];
  /** What a writer needs to make files of the same kind; without it they are plain safetensors. */
  readonly layout?: SafetensorsLayout | TfjsLayout;
  /**
   * Little-endian bytes of a tensor, `size` elements of its `dtype`. Where the file packs it into fewer
   * `bytes` (the `quantization` of TensorFlow.js) they are unpacked first.
   */
  readBytes(name: string): Promise<Uint8Array>;
  /** A floating-point or integer tensor as float32, row-major. */
  readFloat32(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Writes a model under a temporary name beside its destination; `finish` renames, `abort` removes.
 * The source is never touched.
 */
export interface ModelWriter {
  /** Bytes of the next tensor, in the order that was declared. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Flushes to disk, renames, and returns the absolute paths of the files made. */
  finish(): Promise<readonly string[]>;
  abort(): Promise<void>;
}
