import { COMPILE_MODES } from '../protocol/compileMode';
import { INSTRUMENT_PRESETS } from '../protocol/instruments';
import type { TrainSpec } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import { LOSS_NAMES, type Experiment, type TaskLosses } from './experiment';
import {
  aboveOne,
  character,
  count,
  counts,
  fraction,
  flag,
  notNegative,
  number,
  oneOf,
  optional,
  positive,
  seed,
  share,
  text,
  texts,
  type Field,
} from './field';
import { DECAYS } from './optimizers/rateSchedule';
import { CURVATURES, type OptimizerName } from './optimizers/settings';

type Fields = Readonly<Record<string, Field>>;
type Overrides = TrainSpec['overrides'];

const TOP: Fields = {
  name: text,
  loss: oneOf(LOSS_NAMES),
  batchSize: count,
  epochs: count,
  seed,
  checkpoints: optional(flag),
  evaluateEvery: optional(count),
  compile: optional(oneOf(COMPILE_MODES)),
  instruments: optional(oneOf(INSTRUMENT_PRESETS)),
  clipNorm: optional(positive),
  averageWeights: optional(fraction),
  accumulate: optional(count),
};

const TASK_WEIGHT = optional(notNegative);

const SCHEDULE: Fields = {
  warmup: optional(count),
  decay: optional(oneOf(DECAYS)),
  to: optional(fraction),
  at: optional(counts),
  factor: optional(positive),
};

const LAST_LAYER: Fields = {
  learningRate: positive,
  stepLimit: optional(positive),
  pull: optional(notNegative),
};

const DECAY: Fields = { weightDecay: optional(notNegative), noDecay: optional(texts) };

const MOMENTS: Fields = {
  learningRate: positive,
  beta1: optional(fraction),
  beta2: optional(fraction),
  epsilon: optional(positive),
};

const OPTIMIZERS: Readonly<Record<OptimizerName, Fields>> = {
  sgd: { learningRate: positive, ...DECAY },
  momentum: { learningRate: positive, momentum: optional(fraction), nesterov: optional(flag), ...DECAY },
  adam: MOMENTS,
  adamw: { ...MOMENTS, ...DECAY },
  lion: { learningRate: positive, beta1: optional(fraction), beta2: optional(fraction), ...DECAY },
  'nag-gs': {
    alpha: optional(positive),
    mu: optional(notNegative),
    gamma: optional(positive),
    updateGamma: optional(flag),
    curvature: optional(oneOf(CURVATURES)),
    conditionNumber: optional(aboveOne),
    measureEvery: optional(count),
    ...DECAY,
  },
  'schedule-free-adamw': { ...MOMENTS, beta1: optional(share), ...DECAY },
  muon: {
    learningRate: positive,
    momentum: optional(fraction),
    adamLearningRate: optional(positive),
    adamFor: optional(texts),
    ...DECAY,
  },
};

const IMAGES: Fields = { folder: optional(text), trainSize: optional(count), testSize: optional(count) };

const SPLIT: Fields = { testShare: optional(fraction), splitSeed: optional(seed) };

const DATA: Readonly<Record<string, Fields>> = {
  mnist: IMAGES,
  fashionMnist: IMAGES,
  multiMnist: { ...IMAGES, seed: optional(seed) },
  cifar10: IMAGES,
  cifar100: { ...IMAGES, labels: optional(oneOf(['fine', 'coarse'])) },
  csv: {
    file: text,
    target: text,
    inputs: optional(texts),
    classes: optional(count),
    standardize: optional(flag),
    separator: optional(character),
    ...SPLIT,
  },
  npz: { file: text, x: text, y: text, classes: optional(count), scale: optional(positive), ...SPLIT },
  text: { file: text, context: count, testShare: optional(fraction) },
  emails: { context: count, count, seed: optional(seed) },
  arrays: {},
};

const AUGMENT: Fields = { crop: optional(count), flip: optional(flag) };

/** What an override sets to a name only, and an experiment to something else too. */
const CHECKED_APART: Fields = Object.fromEntries(
  ['loss', 'instruments'].map((key) => [key, { ...TOP[key]!, accepts: () => true }]),
);

/** What may stand in an experiment and is not plain data, so that no override reaches it. */
const OTHER = ['data', 'augment', 'parameters', 'model', 'metrics', 'optimizer', 'lastLayer', 'schedule'];

/**
 * Checks what a user's file exports, whatever it is.
 * @throws UserError `experiment-malformed` that names the field and what it should be
 */
export function checkExperiment(value: unknown): Experiment {
  if (!isObject(value)) throw malformed('The default export', 'what defineExperiment returns');
  refuseUnknown('experiment', value, [...Object.keys(TOP), ...OTHER]);
  if (typeof value['model'] !== 'function') throw malformed('model', 'a function that returns a model');
  checkLoss(value['loss']);
  checkMetrics(value['metrics']);
  if (isObject(value['loss']) && value['metrics'] !== undefined) {
    throw malformed('metrics', 'with the tasks: loss: { left: { loss, metrics } }');
  }
  checkData(value['data']);
  checkAugment(value['augment']);
  checkParameters(value['parameters']);
  checkOptimizer(value['optimizer']);
  checkLastLayer(value['lastLayer']);
  checkSchedule(value['schedule']);
  checkInstruments(value['instruments']);
  checkFields('', value, { ...TOP, ...CHECKED_APART });
  return value as unknown as Experiment;
}

/**
 * The experiment with values of the command line or the launcher set over its own. A path names plain
 * data: `epochs`, `optimizer.learningRate`, `data.trainSize`, `parameters.hidden`. A list is written with
 * commas. Where the optimizer's name changes, settings that the new one does not know fall away.
 * @throws UserError `unknown-setting` with the settings there are, `wrong-setting` with what is allowed
 */
export function applyOverrides(experiment: Experiment, overrides: Overrides): Experiment {
  const name = overrides['optimizer.name'];
  let changed = withTasksInFull(name === undefined ? experiment : withOptimizer(experiment, name));
  const fields = settingsOf(changed);
  for (const [path, value] of Object.entries(overrides)) {
    const known = fields.get(path);
    if (known === undefined) {
      throw new UserError(
        'unknown-setting',
        `The experiment has no setting "${path}".`,
        `It has: ${[...fields.keys()].join(', ')}.`,
      );
    }
    const typed = known.read?.(value) ?? value;
    if (!known.accepts(typed)) throw wrongSetting(path, known, value);
    changed = set(changed, path.split('.'), typed) as Experiment;
  }
  requireOptimizerSettings(changed.optimizer);
  checkLastLayer(changed.lastLayer);
  checkSchedule(changed.schedule);
  return changed;
}

/** A task that is a loss alone has no weight that could be set. */
function withTasksInFull(experiment: Experiment): Experiment {
  const { loss } = experiment;
  if (typeof loss !== 'object') return experiment;
  const tasks = Object.entries(loss).map(([name, task]) => [
    name,
    typeof task === 'object' ? task : { loss: task },
  ]);
  return { ...experiment, loss: Object.fromEntries(tasks) as TaskLosses };
}

function withOptimizer(experiment: Experiment, name: Overrides[string]): Experiment {
  const names = oneOf(Object.keys(OPTIMIZERS));
  if (!names.accepts(name)) throw wrongSetting('optimizer.name', names, name);
  const known = OPTIMIZERS[name as OptimizerName];
  const kept = Object.entries(experiment.optimizer).filter(([key]) => key in known);
  return {
    ...experiment,
    optimizer: { ...Object.fromEntries(kept), name } as Experiment['optimizer'],
  };
}

/** A new optimizer may need what the experiment's own did not. */
function requireOptimizerSettings(optimizer: Experiment['optimizer']): void {
  const required = Object.entries(OPTIMIZERS[optimizer.name]).filter(([, field]) => field.required);
  const missing = required.find(([key]) => !(key in optimizer));
  if (missing === undefined) return;
  const [key, { expected }] = missing;
  throw new UserError(
    'wrong-setting',
    `${optimizer.name} needs optimizer.${key}, and the experiment has none.`,
    `Give ${expected}.`,
  );
}

/** Every path that can be set, with what it may be. */
function settingsOf(experiment: Experiment): Map<string, Field> {
  const source = typeof experiment.data === 'function' ? 'arrays' : experiment.data.source;
  const named = (prefix: string, fields: Fields): [string, Field][] =>
    Object.entries(fields).map(([key, field]) => [`${prefix}.${key}`, field]);
  return new Map([
    ...Object.entries(TOP),
    ['optimizer.name', oneOf(Object.keys(OPTIMIZERS))],
    ...taskNames(experiment).map((task): [string, Field] => [`loss.${task}.weight`, TASK_WEIGHT]),
    ...named('optimizer', OPTIMIZERS[experiment.optimizer.name]),
    ...named('lastLayer', LAST_LAYER),
    ...named('schedule', SCHEDULE),
    ...named('data', DATA[source]!),
    ...named('augment', AUGMENT),
    ...Object.entries(experiment.parameters ?? {}).map(([key, value]): [string, Field] => [
      `parameters.${key}`,
      typeof value === 'number' ? number : typeof value === 'boolean' ? flag : text,
    ]),
  ]);
}

function taskNames({ loss }: Experiment): readonly string[] {
  return typeof loss === 'object' ? Object.keys(loss) : [];
}

function set(target: object, [key, ...rest]: readonly string[], value: unknown): object {
  if (rest.length === 0) return { ...target, [key!]: value };
  const inner: unknown = Reflect.get(target, key!) ?? {};
  return { ...target, [key!]: set(inner as object, rest, value) };
}

/** @throws UserError `experiment-malformed` */
export function checkOptimizer(value: unknown): void {
  const names = Object.keys(OPTIMIZERS);
  if (!isObject(value)) throw malformed('optimizer', "an object: { name: 'adam', learningRate: 0.001 }");
  const name = value['name'];
  if (typeof name !== 'string' || !names.includes(name)) {
    throw malformed('optimizer.name', `one of ${names.join(', ')}`);
  }
  const fields = OPTIMIZERS[name as OptimizerName];
  refuseUnknown('optimizer', value, ['name', ...Object.keys(fields)]);
  checkFields('optimizer.', value, fields);
}

function checkLastLayer(value: unknown): void {
  if (value === undefined) return;
  if (!isObject(value)) throw malformed('lastLayer', 'an object: { learningRate: 0.1, pull: 0.1 }');
  refuseUnknown('lastLayer', value, Object.keys(LAST_LAYER));
  checkFields('lastLayer.', value, LAST_LAYER);
}

/** @throws UserError `experiment-malformed` */
export function checkSchedule(value: unknown): void {
  if (value === undefined) return;
  if (!isObject(value)) throw malformed('schedule', "an object: { warmup: 100, decay: 'cosine' }");
  refuseUnknown('schedule', value, Object.keys(SCHEDULE));
  checkFields('schedule.', value, SCHEDULE);
  if (value['decay'] === 'steps' && value['at'] === undefined)
    throw malformed('schedule.at', counts.expected);
}

function checkData(value: unknown): void {
  if (typeof value === 'function') return;
  const source = isObject(value) ? value['source'] : undefined;
  const fields = typeof source === 'string' ? DATA[source] : undefined;
  if (!isObject(value) || fields === undefined) {
    throw malformed(
      'data',
      'mnist(), fashionMnist(), multiMnist(), cifar10(), cifar100(), text({ … }), csv({ … }), npz({ … }), emails({ … }), ' +
        'arrays({ … }) or a function that returns arrays({ … })',
    );
  }
  checkFields('data.', value, fields);
}

function checkAugment(value: unknown): void {
  if (value === undefined) return;
  if (!isObject(value)) throw malformed('augment', 'an object: { crop: 4, flip: true }');
  refuseUnknown('augment', value, Object.keys(AUGMENT));
  checkFields('augment.', value, AUGMENT);
}

function checkLoss(value: unknown): void {
  if (isObject(value)) {
    checkTasks(value);
  } else if (!isLoss(value)) {
    throw malformed('loss', `${TOP['loss']!.expected}, a function, or one of these for each task by name`);
  }
}

function isLoss(value: unknown): boolean {
  return typeof value === 'function' || TOP['loss']!.accepts(value);
}

/** Names of tasks become parts of the names of metrics, and of paths of settings. */
function checkTasks(tasks: Readonly<Record<string, unknown>>): void {
  const wrong = Object.keys(tasks).find((name) => !/^[a-z][a-zA-Z0-9]*$/.test(name));
  if (wrong !== undefined || Object.keys(tasks).length === 0) {
    throw malformed('loss', "an object with names of tasks in camelCase: { left: 'softmaxCrossEntropy' }");
  }
  for (const [name, task] of Object.entries(tasks)) {
    const where = `loss.${name}`;
    if (isLoss(task)) continue;
    if (!isObject(task) || !isLoss(task['loss'])) {
      throw malformed(where, `${TOP['loss']!.expected}, a function, or { loss, weight, metrics }`);
    }
    refuseUnknown(where, task, ['loss', 'weight', 'metrics']);
    checkFields(`${where}.`, task, { weight: TASK_WEIGHT });
    checkMetrics(task['metrics'], `${where}.metrics`);
  }
}

function checkMetrics(value: unknown, where = 'metrics'): void {
  if (value === undefined) return;
  const isMetric = (metric: unknown): boolean =>
    metric === 'accuracy' ||
    (isObject(metric) && typeof metric['name'] === 'string' && typeof metric['of'] === 'function');
  if (!Array.isArray(value) || !value.every(isMetric)) {
    throw malformed(where, "a list of 'accuracy' or { name, of }");
  }
}

/** A preset, which an override may name, or an object of preset and interval. */
function checkInstruments(value: unknown): void {
  if (!isObject(value)) {
    checkFields('', { instruments: value }, { instruments: TOP['instruments']! });
    return;
  }
  const fields = { preset: oneOf(INSTRUMENT_PRESETS), every: optional(count) };
  refuseUnknown('instruments', value, Object.keys(fields));
  checkFields('instruments.', value, fields);
}

function checkParameters(value: unknown): void {
  if (value === undefined) return;
  const isPlain = (parameter: unknown): boolean => ['number', 'string', 'boolean'].includes(typeof parameter);
  if (!isObject(value) || !Object.values(value).every(isPlain)) {
    throw malformed('parameters', 'an object of numbers, texts, true and false');
  }
}

function checkFields(prefix: string, value: Readonly<Record<string, unknown>>, fields: Fields): void {
  for (const [key, { required, expected, accepts }] of Object.entries(fields)) {
    const found = value[key];
    if (found === undefined ? required : !accepts(found)) throw malformed(`${prefix}${key}`, expected);
  }
}

function refuseUnknown(where: string, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new UserError(
    'experiment-malformed',
    `The ${where} has an unknown field "${unknown}".`,
    `It may have: ${known.join(', ')}.`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(what: string, expected: string): UserError {
  return new UserError(
    'experiment-malformed',
    `${what} should be ${expected}.`,
    'Correct it in the experiment.',
  );
}

function wrongSetting(path: string, { expected }: Field, value: Overrides[string] | undefined): UserError {
  return new UserError('wrong-setting', `${path} cannot be ${JSON.stringify(value)}.`, `Give ${expected}.`);
}
