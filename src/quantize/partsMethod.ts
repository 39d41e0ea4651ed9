import type { DecompositionTrace } from '../protocol/events';
import type { QuantizationMethodId } from '../protocol/jobSpec';

export interface QuantizeOptions {
  /** Bits of the codes of one weight. */
  readonly bits: number;
  /** Weights that share one set of levels. */
  readonly groupSize: number;
  /** Seed of everything random; the native file stores it. */
  readonly seed: number;
  /** Checked between steps; an aborted call throws `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Fraction of the tensor that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** One piece of a packed tensor in the native file, stored as the tensor `<name>.<suffix>`. */
export interface PackedPart {
  readonly suffix: string;
  readonly dtype: 'U8' | 'F16' | 'F32';
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface QuantizedTensor {
  /** What a reader of the packed parts gets back, to the bit. Row-major, as long as the tensor. */
  readonly values: Float32Array;
  readonly parts: readonly PackedPart[];
  /** Steps of the decomposition; 0 where there is none. */
  readonly iterations: number;
  readonly decomposition?: DecompositionTrace;
  /** What went less than well, in one sentence for people. */
  readonly warning?: string;
}

/** A way to code a tensor in few bits. */
export interface QuantizationMethod {
  readonly id: QuantizationMethodId;
  /** Codes a finite, non-empty tensor. `shape` is `[rows, …]`; `values` is row-major. */
  quantize(
    values: Float32Array,
    shape: readonly number[],
    options: QuantizeOptions,
  ): Promise<QuantizedTensor>;
  /** Sizes of the parts of a tensor, known before it is coded: a streamed header needs them. */
  layout(shape: readonly number[], options: QuantizeOptions): readonly Omit<PackedPart, 'bytes'>[];
  /** Decodes packed parts, by suffix. */
  dequantize(
    parts: ReadonlyMap<string, Uint8Array>,
    shape: readonly number[],
    options: QuantizeOptions,
  ): Float32Array;
}
