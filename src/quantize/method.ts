import type { TensorEntry } from '../modelfile/model';
import type { DecompositionTrace } from '../protocol/events';
import type {
  KashinCodebook,
  KashinTransform,
  Preset,
  QuantizationMethodId,
  RtnRange,
} from '../protocol/jobSpec';
import type { JsonObject } from '../protocol/validate';
import type { CalibratedLayer } from './calibration/statistics';
import type { KernelPool } from './kernels/pool';
import type { PackedTensor } from './packedTensor';

export interface QuantizeOptions {
  /**
   * Bits a weight to aim at. Methods of whole codes take whole numbers and pay for scales and levels on
   * top; `dependent` takes any real number and counts everything in it.
   */
  readonly bits: number;
  /**
   * Bytes that all packed tensors of the model may take in the file together, in place of `bits`: for
   * `plan`. What is left of them is filled up, so a plan that comes close from below meets the size.
   */
  readonly bytes?: number;
  /** Consecutive weights that share one set of levels, for the methods that have groups. */
  readonly groupSize: number;
  readonly range: RtnRange;
  /** For the methods of Kashin's family; each has a choice of its own where these are absent. */
  readonly codebook?: KashinCodebook;
  readonly transform?: KashinTransform;
  /** Seed of everything random; the native file stores it. */
  readonly seed: number;
  /** How much time a better result is worth. */
  readonly preset: Preset;
  /** Threads that the heavy loops run on. */
  readonly pool: KernelPool;
  /** Checked between pieces of work; an aborted call throws `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Fraction of the tensor that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** What a coder of rows needs of the options: plain data. */
export type RowOptions = Pick<
  QuantizeOptions,
  'bits' | 'groupSize' | 'range' | 'codebook' | 'seed' | 'preset'
>;

export interface QuantizedTensor {
  /** What a decoder of `packed` gets back, to the bit. Row-major, as long as the tensor. */
  readonly values: Float32Array;
  readonly packed: PackedTensor;
  /** What the method's decoder needs beside the head; stands in the native file as JSON. */
  readonly coding: JsonObject;
  /** Steps of the decomposition; 0 where there is none. */
  readonly iterations: number;
  readonly decomposition?: DecompositionTrace;
  /**
   * What the codes of single weights stand for, ascending, in the units of the weights: the mean over the
   * groups where these have scales of their own.
   */
  readonly levels?: readonly number[];
  /** What went less than well, in one sentence for people. */
  readonly warning?: string;
}

/** A tensor of a model that is about to be quantized. */
export interface PlannedTensor {
  readonly entry: TensorEntry;
  /**
   * Bits a weight that it needs less than the others for the same harm to the model. A plan coarsens its step by
   * 2 to this power; the bits asked for are those of all tensors together, so that only differences count.
   */
  readonly bitsToSpare: number;
  /** Its weights, read from the file at each call. */
  read(): Promise<Float32Array>;
  /** What is known of its layer, where the tensor is to be coded with error feedback. */
  readonly layer?: CalibratedLayer;
}

/**
 * Parameters of one tensor that were chosen with the whole model in view, such as the step of a code
 * that spends its bits where they are worth most.
 */
export interface TensorPlan {
  readonly step: number;
}

/** A way to code a tensor in few bits. */
export interface QuantizationMethod {
  readonly id: QuantizationMethodId;
  /** Chooses, for methods that have something to choose, the plan of every tensor, by name. */
  plan?(
    tensors: readonly PlannedTensor[],
    options: QuantizeOptions,
  ): Promise<ReadonlyMap<string, TensorPlan>>;
  /** Codes a finite, non-empty tensor. `shape` is `[rows, …]`; `values` is row-major and stays as it is. */
  quantize(
    values: Float32Array,
    shape: readonly number[],
    options: QuantizeOptions,
    plan?: TensorPlan,
  ): Promise<QuantizedTensor>;
  /**
   * Starts to code a matrix row by row, with the rows below changed between two calls to make up for the
   * errors of those above (error feedback). Rows run over a layer's inputs, columns over its outputs.
   *
   * @param plan its step times `rowSteps[c]` is the step of row c; without one `options.bits` decide
   */
  readonly startRows?: (matrix: FeedbackMatrix, options: RowOptions, plan?: TensorPlan) => RowCoder;
  /**
   * Whether coded rows have steps of their own. Without them a table of vectors, of which each input reads
   * one row, is coded as any tensor.
   */
  readonly rowsHaveSteps?: true;
}

/** A matrix under error feedback. */
export interface FeedbackMatrix {
  readonly rows: number;
  readonly columns: number;
  /**
   * `[rows, columns]`. The feedback changes it: a row is as it is to be coded from when it is its turn, or that
   * of the first row of its group, {@link RowCoder.groupRows}.
   */
  readonly work: Float32Array;
  /**
   * Relative steps of the rows: the diagonal of U, where H⁻¹ = UᵀU. An error in row c costs
   * ‖error‖² / U_cc² of layer output, so a step in proportion to U_cc spends bits evenly.
   */
  readonly rowSteps: Float64Array;
}

export interface RowCoder {
  /**
   * How many rows it looks at together, as they are when it codes the first of them, at multiples of this
   * number; 1 where missing.
   */
  readonly groupRows?: number;
  /** Codes row `index` of the matrix as it is now, and writes what a decoder gets to `reconstruction`. */
  code(index: number, reconstruction: Float32Array): void;
  /** After the last row. Decoded, `packed` gives the values that were written. */
  finish(): CodedRows;
}

export interface CodedRows
  extends
    Pick<QuantizedTensor, 'packed' | 'coding'>,
    Partial<Pick<QuantizedTensor, 'iterations' | 'decomposition'>> {
  /** Whether `packed` codes the transpose, `[columns, rows]`: codes whose groups run along a layer's inputs. */
  readonly transposed?: boolean;
}
