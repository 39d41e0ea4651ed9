import { ENGINE_IDS } from './engine';
import {
  DEFAULT_PRESET,
  GROUPINGS,
  JOB_KINDS,
  KASHIN_CODEBOOKS,
  KASHIN_TRANSFORMS,
  METHOD_OFFERS,
  OUTPUT_FORMS,
  PRESETS,
  QUANTIZATION_METHODS,
  RTN_RANGES,
  bitsInWords,
  offersBits,
  type JobSpec,
  type KashinCodebook,
  type KashinTransform,
  type OutputForm,
  type QuantizationMethodId,
  type QuantizeSpec,
  type TrainSpec,
} from './jobSpec';
import { STUDIES, type StudySpec } from './study';
import { parseSweepPlan } from './sweep';
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

/** Reads a spec from JSON; throws a {@link UserError} that names the field. */
export function parseJobSpec(value: unknown): JobSpec {
  const spec = objectAt(value, 'spec');
  switch (oneOfAt(spec['job'], 'spec.job', JOB_KINDS)) {
    case 'quantize':
      return parseQuantizeSpec(spec);
    case 'train':
      return parseTrainSpec(spec);
    case 'study':
      return parseStudySpec(spec);
    case 'sweep':
      return {
        job: 'sweep',
        trial: parseTrainSpec(objectAt(spec['trial'], 'spec.trial')),
        ...parseSweepPlan(spec),
      };
  }
}

function parseQuantizeSpec(spec: JsonObject): QuantizeSpec {
  const method = oneOfAt(spec['method'], 'spec.method', QUANTIZATION_METHODS);
  const form = oneOfAt(spec['form'], 'spec.form', OUTPUT_FORMS);
  const size = optional(spec['size'], (v) => numberAt(v, 'spec.size', { min: 1, integer: true }));
  if (size !== undefined)
    checkSize(method, form, { method: 'spec.method', size: 'spec.size', form: 'spec.form' });
  const calibration = optional(spec['calibration'], (v) => stringAt(v, 'spec.calibration'));
  const experiment = optional(spec['experiment'], (v) => stringAt(v, 'spec.experiment'));
  const engine = optional(spec['engine'], (v) => oneOfAt(v, 'spec.engine', ENGINE_IDS));
  const threads = threadsAt(spec['threads']);
  const codebook = optional(spec['codebook'], (v) => oneOfAt(v, 'spec.codebook', KASHIN_CODEBOOKS));
  const transform = optional(spec['transform'], (v) => oneOfAt(v, 'spec.transform', KASHIN_TRANSFORMS));
  const bits = checkBits(method, numberAt(spec['bits'], 'spec.bits', { min: 1, max: 8 }));
  const kashin = { codebook, transform, bits };
  checkKashinChoices(method, kashin, {
    method: 'spec.method',
    codebook: 'spec.codebook',
    transform: 'spec.transform',
  });
  return {
    job: 'quantize',
    input: stringAt(spec['input'], 'spec.input'),
    output: stringAt(spec['output'], 'spec.output'),
    force: booleanAt(spec['force'], 'spec.force'),
    method,
    bits,
    ...(size !== undefined && { size }),
    // Specs of earlier versions lack what follows with a default.
    preset: optional(spec['preset'], (v) => oneOfAt(v, 'spec.preset', PRESETS)) ?? DEFAULT_PRESET,
    form,
    grouping: optional(spec['grouping'], (v) => oneOfAt(v, 'spec.grouping', GROUPINGS)) ?? 'group',
    groupSize: numberAt(spec['groupSize'], 'spec.groupSize', { min: 32, max: 2 ** 24, integer: true }),
    range: optional(spec['range'], (v) => oneOfAt(v, 'spec.range', RTN_RANGES)) ?? 'mse',
    ...(codebook !== undefined && { codebook }),
    ...(transform !== undefined && { transform }),
    ...(calibration !== undefined && { calibration }),
    ...(experiment !== undefined && { experiment }),
    comparison: optional(spec['comparison'], (v) => booleanAt(v, 'spec.comparison')) ?? true,
    quality: optional(spec['quality'], (v) => booleanAt(v, 'spec.quality')) ?? true,
    keep: arrayAt(spec['keep'], 'spec.keep').map((glob, i) => stringAt(glob, `spec.keep[${i}]`)),
    seed: seedAt(spec['seed'], 'spec.seed'),
    ...(threads !== undefined && { threads }),
    ...(engine !== undefined && { engine }),
  };
}

/** Returns `bits` where `method` offers it, else throws with the numbers that it does offer. */
function checkBits(method: QuantizationMethodId, bits: number): number {
  if (offersBits(method, bits)) return bits;
  throw new UserError(
    'bits-not-offered',
    `${method} does not offer ${bits} bits a weight.`,
    `Choose ${bitsInWords(method)}, or another method.`,
  );
}

/**
 * Checks that a size may be asked for. `names` are what the person wrote: flags or fields.
 * @throws UserError `size-not-offered`
 */
export function checkSize(
  method: QuantizationMethodId,
  form: OutputForm,
  names: { readonly method: string; readonly size: string; readonly form: string },
): void {
  if (!METHOD_OFFERS[method].size) {
    const offering = QUANTIZATION_METHODS.filter((id) => METHOD_OFFERS[id].size);
    throw new UserError(
      'size-not-offered',
      `${names.size} is not offered by ${names.method} ${method}.`,
      offering.length > 0 ? `Allowed with ${offering.join(', ')}.` : 'Give bits instead.',
    );
  }
  if (form !== 'native') {
    throw new UserError(
      'size-not-offered',
      `${names.size} is the size of a packed file, and ${names.form} is ${form}.`,
      `Give ${names.form} native.`,
    );
  }
}

/**
 * Checks that codebook and transform may be chosen. `names` are what the person wrote: flags or fields.
 * @throws UserError `choice-not-offered`
 */
export function checkKashinChoices(
  method: QuantizationMethodId,
  choices: {
    readonly codebook: KashinCodebook | undefined;
    readonly transform: KashinTransform | undefined;
    readonly bits: number;
  },
  names: { readonly method: string; readonly codebook: string; readonly transform: string },
): void {
  const { codebook, transform, bits } = choices;
  const chosen = [
    ...(codebook === undefined ? [] : [names.codebook]),
    ...(transform === undefined ? [] : [names.transform]),
  ];
  if (chosen.length > 0 && METHOD_OFFERS[method].kashin !== true) {
    const offering = QUANTIZATION_METHODS.filter((id) => METHOD_OFFERS[id].kashin);
    throw new UserError(
      'choice-not-offered',
      `${chosen.join(' and ')} cannot be chosen with ${names.method} ${method}.`,
      `Allowed with ${offering.join(', ')}.`,
    );
  }
  if (codebook === 'separate' && bits !== 4) {
    throw new UserError(
      'choice-not-offered',
      `${names.codebook} separate has two bits for each factor, and ${bits} are asked for.`,
      `Give 4 bits, or ${names.codebook} joint.`,
    );
  }
}

function parseTrainSpec(spec: JsonObject): TrainSpec {
  const positive = { min: 1, integer: true };
  const epochs = optional(spec['epochs'], (v) => numberAt(v, 'spec.epochs', positive));
  const maxSteps = optional(spec['maxSteps'], (v) => numberAt(v, 'spec.maxSteps', { min: 0, integer: true }));
  const seed = optional(spec['seed'], (v) => seedAt(v, 'spec.seed'));
  const threads = threadsAt(spec['threads']);
  const weights = optional(spec['weights'], (v) => stringAt(v, 'spec.weights'));
  const resume = optional(spec['resume'], (v) => stringAt(v, 'spec.resume'));
  const sweep = optional(spec['sweep'], (v) => stringAt(v, 'spec.sweep'));
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
    ...(sweep !== undefined && { sweep }),
    ...(spec['watched'] === true && { watched: true as const }),
  };
}

function parseStudySpec(spec: JsonObject): StudySpec {
  const threads = threadsAt(spec['threads']);
  const engine = optional(spec['engine'], (v) => oneOfAt(v, 'spec.engine', ENGINE_IDS));
  return {
    job: 'study',
    study: oneOfAt(spec['study'], 'spec.study', STUDIES),
    quick: booleanAt(spec['quick'], 'spec.quick'),
    seed: seedAt(spec['seed'], 'spec.seed'),
    ...(threads !== undefined && { threads }),
    ...(engine !== undefined && { engine }),
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

function threadsAt(value: unknown): number | undefined {
  return optional(value, (v) => numberAt(v, 'spec.threads', { min: 1, integer: true }));
}

/** Seeds are unsigned 32-bit integers. */
function seedAt(value: unknown, path: string): number {
  return numberAt(value, path, { min: 0, max: 2 ** 32 - 1, integer: true });
}
