/**
 * What a person can ask for. A spec is validated once, where it enters (`parseJobSpec.ts`), and written to
 * `spec.json`; it is enough to run the job again.
 */
import type { EngineId } from './engine';
import type { StudySpec } from './study';
import type { SweepPlan } from './sweep';

export const QUANTIZATION_METHODS = [
  'dependent',
  'trellis',
  'kashin-search',
  'kashin-greedy',
  'kashin-alternating',
  'kashin-truncation',
  'kmeans',
  'lloyd-max',
  'nf4',
  'rotated-lloyd-max',
  'rtn',
] as const;
export type QuantizationMethodId = (typeof QUANTIZATION_METHODS)[number];

/**
 * For a person who chooses nothing: the least error for its bits. At 4 bits on the Universal Sentence Encoder
 * Lite, without data, it has 22.3 dB at 4.00 true bits a weight; `rtn` 20.3 dB at 4.16, `kashin-greedy` 17.8 dB at
 * 4.00.
 */
export const DEFAULT_METHOD: QuantizationMethodId = 'dependent';
export const DEFAULT_BITS = 4;
export const DEFAULT_SEED = 1;

/** `portable`: dequantized, opens everywhere. `native`: packed codes, as small as the bits say. */
export const OUTPUT_FORMS = ['portable', 'native'] as const;
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** How much time a better result is worth. */
export const PRESETS = ['fast', 'balanced', 'thorough'] as const;
export type Preset = (typeof PRESETS)[number];
export const DEFAULT_PRESET: Preset = 'balanced';

/** Which weights share a scale: `groupSize` consecutive ones, or all that make one output of a layer. */
export const GROUPINGS = ['group', 'channel'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Where the levels of `rtn` end: where the squared error is least, or at the largest magnitude. */
export const RTN_RANGES = ['mse', 'absmax'] as const;
export type RtnRange = (typeof RTN_RANGES)[number];

/**
 * What the codes of Kashin's method stand for: pairs (u, v) from one list for each tensor, or levels of u and of v
 * on their own.
 */
export const KASHIN_CODEBOOKS = ['joint', 'separate'] as const;
export type KashinCodebook = (typeof KASHIN_CODEBOOKS)[number];

/**
 * Q in Kashin's x ≈ u + Qv: a matrix over the whole flattened tensor, over each row of it, or a Kronecker
 * product that mixes rows and columns.
 */
export const KASHIN_TRANSFORMS = ['full', 'rows', 'kronecker'] as const;
export type KashinTransform = (typeof KASHIN_TRANSFORMS)[number];

/** What a method lets a person choose. */
export interface MethodOffer {
  /** Bits a weight: some whole numbers, or any number of a range. */
  readonly bits: { readonly whole: readonly number[] } | { readonly from: number; readonly to: number };
  /** Whether the size of the file may be given in place of bits. */
  readonly size: boolean;
  /** Whether the preset makes a difference: more time finds a better result. */
  readonly presets?: boolean;
  /**
   * How many weights share levels unless a person says otherwise; absent where the method has no groups.
   * 4096 make the levels of `kashin-greedy` cost 1/64 bit a weight, 128 is what readers of round-to-nearest
   * files expect. `trellis` and `kashin-search` give whole rows a scale, as many as have this many weights.
   */
  readonly groupSize?: number;
  /** Whether codebook and transform of Kashin's method may be chosen. */
  readonly kashin?: boolean;
}

const TWO_TO_EIGHT = [2, 3, 4, 5, 6, 7, 8];

export const METHOD_OFFERS: Readonly<Record<QuantizationMethodId, MethodOffer>> = {
  dependent: { bits: { from: 1, to: 8 }, size: true, presets: true },
  trellis: { bits: { whole: [2, 3, 4] }, size: false, presets: true, groupSize: 256 },
  'kashin-search': { bits: { whole: [2, 3, 4] }, size: false, presets: true, groupSize: 256 },
  'kashin-greedy': { bits: { whole: [2, 3, 4, 5, 6] }, size: false, groupSize: 4096, kashin: true },
  'kashin-alternating': { bits: { whole: [4] }, size: false, groupSize: 4096, kashin: true },
  'kashin-truncation': { bits: { whole: [2, 3, 4, 5, 6] }, size: false, groupSize: 4096, kashin: true },
  kmeans: { bits: { whole: TWO_TO_EIGHT }, size: false },
  'lloyd-max': { bits: { whole: TWO_TO_EIGHT }, size: false, groupSize: 128 },
  nf4: { bits: { whole: [4] }, size: false, groupSize: 64 },
  'rotated-lloyd-max': { bits: { whole: TWO_TO_EIGHT }, size: false, groupSize: 128 },
  rtn: { bits: { whole: TWO_TO_EIGHT }, size: false, groupSize: 128 },
};

/** Bits to choose from in a list. */
export function listedBits(method: QuantizationMethodId): readonly number[] {
  const { bits } = METHOD_OFFERS[method];
  if ('whole' in bits) return bits.whole;
  return [1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8].filter((value) => value >= bits.from && value <= bits.to);
}

/** The offered number of bits in words: `2, 3, 4` or `any number from 1 to 8`. */
export function bitsInWords(method: QuantizationMethodId): string {
  const { bits } = METHOD_OFFERS[method];
  return 'whole' in bits ? bits.whole.join(', ') : `any number from ${bits.from} to ${bits.to}`;
}

export function offersBits(method: QuantizationMethodId, value: number): boolean {
  const { bits } = METHOD_OFFERS[method];
  return 'whole' in bits ? bits.whole.includes(value) : value >= bits.from && value <= bits.to;
}

/** Group size where a person says nothing; methods without groups do not look at it. */
export function defaultGroupSize(method: QuantizationMethodId): number {
  return METHOD_OFFERS[method].groupSize ?? 128;
}

export interface QuantizeSpec {
  readonly job: 'quantize';
  /** Absolute path of the model file. It is only ever read. */
  readonly input: string;
  /** Absolute path of the file to write. */
  readonly output: string;
  /** Replace `output` where it exists already. */
  readonly force: boolean;
  readonly method: QuantizationMethodId;
  /** Bits a weight to aim at, but where `size` is given. */
  readonly bits: number;
  /** Bytes that the written files shall take together; only the native form has a size to choose. */
  readonly size?: number;
  readonly preset: Preset;
  readonly form: OutputForm;
  readonly grouping: Grouping;
  /** Weights that share one set of levels, where `grouping` is `group`. */
  readonly groupSize: number;
  readonly range: RtnRange;
  /** Of Kashin's methods; what each prefers where absent. */
  readonly codebook?: KashinCodebook;
  readonly transform?: KashinTransform;
  /**
   * What the model is run on to learn how much the errors of each layer matter: the absolute path of a text
   * file, one sample a line; that of a file of such statistics (.safetensors); `random` inputs; or `none`.
   * Where absent, `dependent` runs TensorFlow.js models of text on random tokens.
   */
  readonly calibration?: string;
  /**
   * Absolute path of the experiment that trained the weights. Its training data calibrate them, unless `calibration`
   * says otherwise, and its test data tell their quality.
   */
  readonly experiment?: string;
  /** Whether to try the other methods on a sample of the weights, for the report. */
  readonly comparison: boolean;
  /**
   * Whether to run the model before and after, for the report: on the experiment's test data; a TensorFlow.js model on
   * lines of the calibration's text that it has not seen, or on random inputs.
   */
  readonly quality: boolean;
  /** Glob patterns of tensor names to copy unchanged, beside those kept by default. */
  readonly keep: readonly string[];
  readonly seed: number;
  /** Threads that the heavy loops run on; one a core where absent. */
  readonly threads?: number;
  /** What runs the model, to calibrate it and to compare its answers; the best engine where absent. */
  readonly engine?: EngineId;
}

/** A spec in which everything that is not given is as for a person who chooses nothing. */
export function quantizeSpec(
  given: Pick<QuantizeSpec, 'input' | 'output'> & Partial<Omit<QuantizeSpec, 'job'>>,
): QuantizeSpec {
  const method = given.method ?? DEFAULT_METHOD;
  return {
    job: 'quantize',
    force: false,
    method,
    bits: DEFAULT_BITS,
    preset: DEFAULT_PRESET,
    form: 'portable',
    grouping: 'group',
    groupSize: defaultGroupSize(method),
    range: 'mse',
    comparison: true,
    quality: true,
    keep: [],
    seed: DEFAULT_SEED,
    ...given,
  };
}

export interface TrainSpec {
  readonly job: 'train';
  /** Absolute path of the experiment's file (`.ts`, `.js`, `.mjs`). */
  readonly experiment: string;
  /** `best` takes the best engine that is usable. */
  readonly engine: EngineId | 'best';
  /** Values set over the experiment's own: `{ 'optimizer.learningRate': 0.01 }`. */
  readonly overrides: Readonly<Record<string, string | number | boolean>>;
  readonly epochs?: number;
  /** Stop after so many steps, whatever the epochs say; 0 only tests. */
  readonly maxSteps?: number;
  readonly seed?: number;
  /** CPU threads of the engine; all of them where absent. */
  readonly threads?: number;
  /** Absolute path of a model file to start from, instead of fresh weights; it may be a quantized one. */
  readonly weights?: string;
  /** Folder of an earlier run of the same experiment to go on from. */
  readonly resume?: string;
  /** Name of the run of the sweep that made this one. */
  readonly sweep?: string;
  /** `experiment` is a program that trains by itself and is only watched (`watch()`): no worker can run it. */
  readonly watched?: true;
}

export interface SweepSpec extends SweepPlan {
  readonly job: 'sweep';
  /** What every trial does, but for what the axes and the seeds set. */
  readonly trial: TrainSpec;
}

export type JobSpec = QuantizeSpec | TrainSpec | StudySpec | SweepSpec;
export type JobKind = JobSpec['job'];
export const JOB_KINDS = ['quantize', 'train', 'study', 'sweep'] as const satisfies readonly JobKind[];

/** The file that a job works on; a study has none. */
export function inputFile(spec: JobSpec): string | undefined {
  switch (spec.job) {
    case 'quantize':
      return spec.input;
    case 'train':
      return spec.experiment;
    case 'sweep':
      return spec.trial.experiment;
    case 'study':
      return undefined;
  }
}

/** What a run is called before its job has said its name: its file without folders, or the study. */
export function provisionalName(spec: JobSpec): string {
  return spec.job === 'study' ? spec.study : (inputFile(spec)?.split(/[\\/]/).at(-1) ?? '');
}
