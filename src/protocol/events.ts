/**
 * The journal of a run, `events.jsonl`: one event a line, only ever appended by the one process that
 * executes the run, read by anybody. A line that cannot be read (the last one of a crash, an event
 * kind from a later version) is skipped.
 */
import type { InstrumentCostEvent, InstrumentsEvent, VerdictEvent } from './instruments';
import type { KashinTransform } from './jobSpec';
import type { StudyRow, StudySummary } from './study';
import type { SweepSummary, TrialResult } from './sweep';
import type { ErrorReport } from './userError';

/** What a job yields. The worker stamps it with the time and appends it. */
export type RunEventBody =
  | StartedEvent
  | ProgressEvent
  | MetricsEvent
  | InstrumentsEvent
  | InstrumentCostEvent
  | VerdictEvent
  | TensorEvent
  | RateDistortionEvent
  | QualityEvent
  | FigureEvent
  | TrialEvent
  | OutputEvent
  | MessageEvent
  | FinishedEvent;

/** An event with `time`, milliseconds since 1970. */
export type RunEvent = RunEventBody & { readonly time: number };

export interface StartedEvent {
  readonly type: 'started';
  /** Human name of the run: `MNIST, two layers`, `model.safetensors → kashin-greedy, 4 bits`. */
  readonly name: string;
}

/** How far the run is. `done` and `total` count `unit`s: `steps`, `weights`, `bytes`. */
export interface ProgressEvent {
  readonly type: 'progress';
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** What is being done now, for people: `epoch 2 of 5`, `encoder/layer_0/kernel`. */
  readonly what: string;
}

/** Values measured at one training step. Names in camelCase: `trainLoss`, `testAccuracy`. */
export interface MetricsEvent {
  readonly type: 'metrics';
  readonly step: number;
  /** Epochs passed, a real number. */
  readonly epoch: number;
  /** May hold NaN and infinities: they travel as the texts `NaN`, `Infinity`, `-Infinity`. */
  readonly values: Readonly<Record<string, number>>;
}

/** One tensor of a model is done. */
export interface TensorEvent {
  readonly type: 'tensor';
  readonly tensor: TensorResult;
}

export interface TensorResult {
  readonly name: string;
  readonly shape: readonly number[];
  readonly action: 'quantized' | 'kept';
  /** Why it was kept. */
  readonly reason?: string;
  /** True bits a weight of this tensor in the native file: codes, levels, scales. */
  readonly bits: number;
  /** Mean of the squared error. */
  readonly mse: number;
  /** MSE divided by the tensor's mean square; 0 for a kept tensor. */
  readonly distortion: number;
  /** −10·log10(distortion), in dB; Infinity for an exact copy. */
  readonly snrDb: number;
  /**
   * Mean square of the change of the layer's output, over that of the output, on what the model was calibrated
   * with; only of tensors that were coded with error feedback.
   */
  readonly outputError?: number;
  /** Steps of the decomposition; 0 where the method has none. */
  readonly iterations: number;
  /** What the report draws of a decomposition. */
  readonly decomposition?: DecompositionTrace;
  /** Histogram of the weights, in units of their root mean square, for methods that code them as they are. */
  readonly histogram?: Histogram;
}

/** How the decomposition x ≈ u + Qv of one tensor went, over all the vectors that it was cut into. */
export interface DecompositionTrace {
  /** Relative residual ‖r‖₂ / ‖x‖₂ after each step, starting with 1. */
  readonly residual: readonly number[];
  /** Max-norm constants √N·‖u‖∞ / ‖x‖₂ and √N·‖v‖∞ / ‖x‖₂: the largest of all vectors. */
  readonly maxNorm: { readonly u: number; readonly v: number };
  /** Histograms of both factors, in units of their root mean square. */
  readonly histogram: { readonly u: Histogram; readonly v: Histogram };
  /**
   * Health ratio ρ of each step and of the one that would have come next: ‖r‖₁ / (√N·‖r‖₂) in the basis that the
   * step used. About 0.75 to 0.8 where all is well; a step multiplies the residual by √(1 − ρ²).
   */
  readonly flatness?: readonly number[];
  /** Vectors that the tensor was cut into, each with a scale of its own. */
  readonly vectors?: number;
  /** What Q was: one matrix for each whole vector, for each row, or a Kronecker product of two. */
  readonly transform?: KashinTransform;
  /** Where vectors stopped short of the tolerance: why, and how many. */
  readonly unfinished?: { readonly cause: 'stalled' | 'step limit'; readonly vectors: number };
  /** A first attempt with a Kronecker product that stalled, before the full-length matrix took over. */
  readonly fallback?: {
    readonly steps: number;
    /** Relative residual and ρ where it was given up. */
    readonly residual: number;
    readonly flatness: number;
    /** Why, for people: `its largest row is 5.1 times the mean`. */
    readonly cause: string;
  };
  /** Both factors together, of methods whose codes stand for pairs (u, v). */
  readonly joint?: JointHistogram;
}

/** Pairs (u, v) counted in the plane, in units of the root mean square of x. */
export interface JointHistogram {
  /** Left edge of the first bin of either axis, and width of every bin. */
  readonly start: number;
  readonly width: number;
  /** Bins along each axis. */
  readonly bins: number;
  /** Row-major `[bins of u, bins of v]`; what lies beyond is counted in the outer bins. */
  readonly counts: readonly number[];
  /** Pairs that the codes stand for. */
  readonly centroids: readonly (readonly [number, number])[];
}

export interface Histogram {
  /** Left edge of the first bin, and width of every bin. */
  readonly start: number;
  readonly width: number;
  readonly counts: readonly number[];
  /** Centroids of the codebooks (mean over the groups), in the same units; empty where there are none. */
  readonly centroids: readonly number[];
}

/**
 * What each method and number of bits makes of this model, measured on a sample of its weights. Rows of a
 * later event add to those before; one of the same method and nominal bits replaces them.
 */
export interface RateDistortionEvent extends RateDistortion {
  readonly type: 'rateDistortion';
}

export interface RateDistortion {
  readonly rows: readonly RateDistortionRow[];
  readonly sampled: { readonly weights: number; readonly tensors: number };
}

export interface RateDistortionRow {
  /** Identifier of the method. */
  readonly method: string;
  /** Bits a weight: as the method is asked for them, and with scales, levels and tables counted. */
  readonly bits: { readonly nominal: number; readonly true: number };
  /** Squared error over squared weights. */
  readonly distortion: number;
  readonly snrDb: number;
  /** Time to quantize the sample. */
  readonly seconds: number;
}

/** A task was done with the model as it was and as it is now. */
export interface QualityEvent extends Quality {
  readonly type: 'quality';
}

export interface Quality {
  /** For people: `Spam or ham`. */
  readonly task: string;
  /** What is measured: `accuracy`, `perplexity`. */
  readonly metric: string;
  readonly unit?: string;
  readonly before: number;
  readonly after: number;
  readonly higherIsBetter: boolean;
  /** What the values are means over. */
  readonly samples: number;
}

/** A study found one of its figures. */
export interface FigureEvent {
  readonly type: 'figure';
  readonly row: StudyRow;
}

/** A trial of a sweep is over. */
export interface TrialEvent {
  readonly type: 'trial';
  readonly trial: TrialResult;
}

/** A file was made; `path` is absolute. */
export interface OutputEvent {
  readonly type: 'output';
  readonly path: string;
  readonly kind: 'model' | 'checkpoint' | 'report';
  readonly bytes: number;
}

export interface MessageEvent {
  readonly type: 'message';
  readonly level: 'info' | 'warning';
  readonly text: string;
}

export interface FinishedEvent {
  readonly type: 'finished';
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly seconds: number;
  /** Closing figures of the job, by name; see `QuantizeSummary`, `TrainSummary`, `StudySummary` and `SweepSummary`. */
  readonly summary?: QuantizeSummary | TrainSummary | StudySummary | SweepSummary;
  readonly error?: ErrorReport;
}

export interface QuantizeSummary {
  readonly job: 'quantize';
  readonly output: readonly string[];
  /**
   * Bytes of the model's files, and of the written ones; of these, the topology of a TensorFlow.js model, which holds
   * no weights.
   */
  readonly bytes: { readonly before: number; readonly after: number; readonly topology?: number };
  /** Bits a weight: of the quantized weights alone, and of the whole native form over all parameters. */
  readonly bitsPerWeight: { readonly weights: number; readonly file: number };
  /** Of all quantized tensors together. */
  readonly distortion: number;
  readonly snrDb: number;
  /** What was left out because the run was stopped when the files were written already. */
  readonly unfinished?: readonly ('quality' | 'comparison')[];
}

export interface TrainSummary {
  readonly job: 'train';
  readonly engine: string;
  readonly steps: number;
  readonly final: Readonly<Record<string, number>>;
  readonly best: Readonly<Record<string, { readonly value: number; readonly step: number }>>;
}

const EVENT_TYPES: readonly string[] = [
  'started',
  'progress',
  'metrics',
  'instruments',
  'instrumentCost',
  'verdict',
  'tensor',
  'rateDistortion',
  'quality',
  'figure',
  'trial',
  'output',
  'message',
  'finished',
] satisfies readonly RunEventBody['type'][];

/** One line of the journal, without the line's end. JSON has no NaN: numbers that it lacks become texts. */
export function encodeEvent(event: RunEvent): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

/** Reads one line; `undefined` for a line that is torn, damaged or of an unknown kind. */
export function decodeEvent(line: string): RunEvent | undefined {
  let value: unknown;
  try {
    // Few lines hold such a number, and reading with a reviver takes three times as long.
    value = JSON.parse(line, /"(?:NaN|-?Infinity)"/.test(line) ? reviveNumber : undefined);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const event = value as Partial<RunEvent>;
  if (typeof event.time !== 'number' || !EVENT_TYPES.includes(event.type ?? '')) return undefined;
  return value as RunEvent;
}

/** Keys whose values are prose or names, where the text `NaN` means itself. */
const TEXT_KEYS: readonly string[] = [
  'name',
  'what',
  'text',
  'path',
  'unit',
  'message',
  'remedy',
  'reason',
  'code',
  'method',
  'task',
  'metric',
  'note',
  'layer',
  'layers',
  'id',
  'field',
  'instrument',
  'quantity',
];

function reviveNumber(key: string, value: unknown): unknown {
  if (TEXT_KEYS.includes(key)) return value;
  if (value === 'NaN') return NaN;
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  return value;
}
