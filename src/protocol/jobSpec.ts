/**
 * What a person can ask for. A spec is validated once, where it enters, and written to `spec.json`;
 * it is enough to run the job again.
 */
import { ENGINE_IDS, type EngineId } from './engine';
import { UserError } from './userError';
import {
  arrayAt,
  booleanAt,
  numberAt,
  objectAt,
  oneOfAt,
  optional,
  stringAt,
  type JsonObject,
} from './validate';

export const QUANTIZATION_METHODS = ['kashin-greedy', 'rtn'] as const;
export type QuantizationMethodId = (typeof QUANTIZATION_METHODS)[number];

/**
 * For a person who chooses nothing. At 4 bits on the Universal Sentence Encoder Lite `rtn` has about half
 * the distortion of `kashin-greedy` (20.3 dB at 4.16 true bits a weight against 17.8 dB at 4.02).
 */
export const DEFAULT_METHOD: QuantizationMethodId = 'rtn';
export const DEFAULT_BITS = 4;
export const DEFAULT_SEED = 1;

/** `portable`: dequantized, opens everywhere. `native`: packed codes, as small as the bits say. */
export const OUTPUT_FORMS = ['portable', 'native'] as const;
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** How much time a better result is worth. */
export const PRESETS = ['fast', 'balanced', 'thorough'] as const;
export type Preset = (typeof PRESETS)[number];
export const DEFAULT_PRESET: Preset = 'balanced';

/** Bits a weight that each method offers. */
export const METHOD_BITS: Readonly<Record<QuantizationMethodId, readonly number[]>> = {
  'kashin-greedy': [4],
  rtn: [2, 3, 4, 5, 6, 7, 8],
};

/**
 * How many weights share levels unless a person says otherwise: 4096 make the levels of `kashin-greedy`
 * cost 1/64 bit a weight, 128 is what readers of round-to-nearest files expect.
 */
export function defaultGroupSize(method: QuantizationMethodId): number {
  return method === 'rtn' ? 128 : 4096;
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
  readonly bits: number;
  readonly form: OutputForm;
  /** Weights that share one set of levels. */
  readonly groupSize: number;
  /** Glob patterns of tensor names to copy unchanged, beside those kept by default. */
  readonly keep: readonly string[];
  readonly seed: number;
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
}

export type JobSpec = QuantizeSpec | TrainSpec;
export type JobKind = JobSpec['job'];
export const JOB_KINDS = ['quantize', 'train'] as const satisfies readonly JobKind[];

/** Reads a spec from JSON; throws a {@link UserError} that names the field. */
export function parseJobSpec(value: unknown): JobSpec {
  const spec = objectAt(value, 'spec');
  switch (oneOfAt(spec['job'], 'spec.job', JOB_KINDS)) {
    case 'quantize':
      return parseQuantizeSpec(spec);
    case 'train':
      return parseTrainSpec(spec);
  }
}

function parseQuantizeSpec(spec: JsonObject): QuantizeSpec {
  const method = oneOfAt(spec['method'], 'spec.method', QUANTIZATION_METHODS);
  return {
    job: 'quantize',
    input: stringAt(spec['input'], 'spec.input'),
    output: stringAt(spec['output'], 'spec.output'),
    force: booleanAt(spec['force'], 'spec.force'),
    method,
    bits: checkBits(method, numberAt(spec['bits'], 'spec.bits', { min: 1, max: 8 })),
    form: oneOfAt(spec['form'], 'spec.form', OUTPUT_FORMS),
    groupSize: numberAt(spec['groupSize'], 'spec.groupSize', { min: 32, max: 2 ** 24, integer: true }),
    keep: arrayAt(spec['keep'], 'spec.keep').map((glob, i) => stringAt(glob, `spec.keep[${i}]`)),
    seed: seedAt(spec['seed'], 'spec.seed'),
  };
}

/** Returns `bits` where `method` offers it, else throws with the numbers that it does offer. */
export function checkBits(method: QuantizationMethodId, bits: number): number {
  const offered = METHOD_BITS[method];
  if (offered.includes(bits)) return bits;
  throw new UserError(
    'bits-not-offered',
    `${method} does not offer ${bits} bits a weight.`,
    `Choose ${offered.join(', ')}, or another method.`,
  );
}

function parseTrainSpec(spec: JsonObject): TrainSpec {
  const positive = { min: 1, integer: true };
  const epochs = optional(spec['epochs'], (v) => numberAt(v, 'spec.epochs', positive));
  const maxSteps = optional(spec['maxSteps'], (v) => numberAt(v, 'spec.maxSteps', { min: 0, integer: true }));
  const seed = optional(spec['seed'], (v) => seedAt(v, 'spec.seed'));
  const threads = optional(spec['threads'], (v) => numberAt(v, 'spec.threads', positive));
  const weights = optional(spec['weights'], (v) => stringAt(v, 'spec.weights'));
  const resume = optional(spec['resume'], (v) => stringAt(v, 'spec.resume'));
  return {
    job: 'train',
    experiment: stringAt(spec['experiment'], 'spec.experiment'),
    engine: oneOfAt(spec['engine'], 'spec.engine', [...ENGINE_IDS, 'best'] as const),
    overrides: parseOverrides(spec['overrides']),
    ...(epochs !== undefined && { epochs }),
    ...(maxSteps !== undefined && { maxSteps }),
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...(weights !== undefined && { weights }),
    ...(resume !== undefined && { resume }),
  };
}

function parseOverrides(value: unknown): TrainSpec['overrides'] {
  const overrides: Record<string, string | number | boolean> = {};
  for (const [path, override] of Object.entries(objectAt(value, 'spec.overrides'))) {
    if (typeof override === 'string' || typeof override === 'number' || typeof override === 'boolean') {
      overrides[path] = override;
    } else {
      throw new UserError(
        'malformed',
        `spec.overrides.${path} should be a text, a number, true or false.`,
        'Write it as path=value.',
      );
    }
  }
  return overrides;
}

/** Seeds are unsigned 32-bit integers. */
function seedAt(value: unknown, path: string): number {
  return numberAt(value, path, { min: 0, max: 2 ** 32 - 1, integer: true });
}
