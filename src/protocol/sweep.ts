/** A sweep: the same experiment trained under many settings, each trial a run of its own. */
import { metricKind } from './metricKind';
import { UserError } from './userError';
import {
  arrayAt,
  booleanAt,
  malformed,
  numberAt,
  objectAt,
  oneOfAt,
  optional,
  stringAt,
  type JsonObject,
} from './validate';

export type SettingValue = string | number | boolean;
export type Settings = Readonly<Record<string, SettingValue>>;

/** Every one of some values; several such axes make all combinations. */
export interface GridAxis {
  readonly kind: 'grid';
  /** A setting of the experiment: `optimizer.learningRate`. */
  readonly path: string;
  readonly values: readonly SettingValue[];
}

/** Values drawn between two bounds; all such axes are drawn together. */
export interface RandomAxis {
  readonly kind: 'random';
  readonly path: string;
  readonly low: number;
  readonly high: number;
  /** `log`: uniform in the logarithm, for what is searched over powers of ten. */
  readonly scale: 'linear' | 'log';
  /** Whole numbers only, both bounds among them. */
  readonly whole: boolean;
}

export type SweepAxis = GridAxis | RandomAxis;

/** Which trials a sweep makes, and how it judges them. */
export interface SweepPlan {
  readonly axes: readonly SweepAxis[];
  /** Draws of the random axes; each is combined with every point of the grid. */
  readonly draws: number;
  /** Trials of every setting, with seeds that count up from the first one. */
  readonly seeds: number;
  /** Trials that run at the same time. */
  readonly jobs: number;
  /** Where absent the test accuracy, else the test loss, else the training loss. */
  readonly metric?: string;
  /** Whether more of the metric is better; known by itself for accuracies and losses. */
  readonly maximize?: boolean;
}

export const DEFAULT_DRAWS = 10;
/** More trials than these are a mistake in the axes. */
export const MOST_TRIALS = 10_000;

/** A trial that is over. */
export interface TrialResult {
  readonly run: string;
  readonly state: 'done' | 'failed' | 'cancelled' | 'lost';
  /** What the axes set. */
  readonly parameters: Settings;
  /** Absent where the experiment's own seed was left as it is. */
  readonly seed?: number;
  readonly final: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** What went wrong, for people. */
  readonly error?: string;
}

/** All trials of one setting together. */
export interface SettingResult {
  readonly parameters: Settings;
  readonly runs: readonly string[];
  /** Trials that ended well, of those that there were. */
  readonly done: number;
  /** Of the metric over the trials that ended well; absent where none has it. */
  readonly mean?: number;
  /** Standard deviation over them (n − 1); absent for fewer than two. */
  readonly deviation?: number;
}

export interface SweepSummary {
  readonly job: 'sweep';
  /** Absent where no trial measured anything. */
  readonly metric?: string;
  readonly maximize?: boolean;
  readonly trials: readonly TrialResult[];
  /** Best first; settings of which a trial did not end well come after those that are whole. */
  readonly settings: readonly SettingResult[];
}

/** Whether more of a metric is better; `undefined` where its name does not tell. */
export function isMaximized(metric: string): boolean | undefined {
  const kind = metricKind(metric);
  return kind === undefined ? undefined : kind === 'accuracy';
}

/** `optimizer.learningRate=0.1,0.01`. @throws UserError `axis-malformed` */
export function readGridAxis(text: string): GridAxis {
  const [path, list] = splitAxis(text);
  const values = list.split(',').map((value) => readSettingValue(value.trim()));
  if (values.includes('')) throw axisMalformed(text, 'path=a,b,c');
  if (new Set(values).size < values.length) throw axisMalformed(text, 'path=a,b,c, each value once');
  return { kind: 'grid', path, values };
}

/**
 * `optimizer.learningRate=1e-4..1e-1:log`. Bounds that are written as whole numbers (`16..128`) give whole
 * numbers; `0.0..1.0` does not.
 * @throws UserError `axis-malformed`
 */
export function readRandomAxis(text: string): RandomAxis {
  const [path, range] = splitAxis(text);
  const expected = 'path=low..high or path=low..high:log, low below high';
  const match = /^([^:]+?)\.\.([^:]+?)(:log)?$/.exec(range.trim());
  if (!match) throw axisMalformed(text, expected);
  const [low, high] = [Number(match[1]), Number(match[2])];
  const scale = match[3] === undefined ? 'linear' : 'log';
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) throw axisMalformed(text, expected);
  if (scale === 'log' && low <= 0) throw axisMalformed(text, `${expected}, low above 0 with :log`);
  const whole = [match[1], match[2]].every((bound) => /^-?\d+$/.test(bound!.trim()));
  return { kind: 'random', path, low, high, scale, whole };
}

/** An axis of either kind, by what stands behind the `=`. @throws UserError `axis-malformed` */
export function readAxis(text: string): SweepAxis {
  const isRange = /=\s*[-+\d.e]+\.\.[-+\d.e]+(:\w*)?\s*$/i.test(text);
  return isRange ? readRandomAxis(text) : readGridAxis(text);
}

/** `true`, `false` and numbers are what they look like, everything else is a text. */
export function readSettingValue(text: string): SettingValue {
  if (text === 'true' || text === 'false') return text === 'true';
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : text;
}

/**
 * Reads the plan from JSON, and checks that its parts go together.
 * @throws UserError that names the field, the axis or the metric
 */
export function parseSweepPlan(spec: JsonObject): SweepPlan {
  const count = (name: string, max: number): number =>
    numberAt(spec[name], `spec.${name}`, { min: 1, max, integer: true });
  const metric = optional(spec['metric'], (v) => stringAt(v, 'spec.metric'));
  const maximize = optional(spec['maximize'], (v) => booleanAt(v, 'spec.maximize'));
  const plan = {
    axes: arrayAt(spec['axes'], 'spec.axes').map((axis, i) => parseAxis(axis, `spec.axes[${i}]`)),
    draws: count('draws', MOST_TRIALS),
    seeds: count('seeds', MOST_TRIALS),
    jobs: count('jobs', 1024),
    ...(metric !== undefined && { metric }),
    ...(maximize !== undefined && { maximize }),
  };
  checkPlan(plan);
  return plan;
}

function checkPlan(plan: SweepPlan): void {
  const { axes, metric, maximize } = plan;
  const paths = axes.map(({ path }) => path);
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (axes.length === 0) {
    throw new UserError(
      'no-axes',
      'The sweep varies nothing.',
      'Give a grid: optimizer.learningRate=0.1,0.01.',
    );
  }
  if (twice !== undefined) {
    throw new UserError('axis-malformed', `The sweep varies ${twice} twice.`, 'Leave one of the two out.');
  }
  if (plan.seeds > 1 && paths.includes('seed')) {
    throw new UserError(
      'axis-malformed',
      'The sweep varies the seed and is asked for several seeds.',
      'Leave one of the two out.',
    );
  }
  const trials = countTrials(plan);
  if (trials > MOST_TRIALS) {
    throw new UserError(
      'too-many-trials',
      `The sweep would make ${trials} trials, more than ${MOST_TRIALS}.`,
      'Take fewer values, or draw some at random.',
    );
  }
  if (metric !== undefined && maximize === undefined && isMaximized(metric) === undefined) {
    throw new UserError(
      'direction-unknown',
      `Whether more or less of ${metric} is better is not known.`,
      'Say it: --maximize or --minimize.',
    );
  }
}

/** Trials that the plan makes. */
export function countTrials({ axes, draws, seeds }: SweepPlan): number {
  const isDrawn = axes.some(({ kind }) => kind === 'random');
  const points = axes.reduce((product, axis) => product * (axis.kind === 'grid' ? axis.values.length : 1), 1);
  return points * (isDrawn ? draws : 1) * seeds;
}

function parseAxis(value: unknown, where: string): SweepAxis {
  const axis = objectAt(value, where);
  const path = stringAt(axis['path'], `${where}.path`);
  if (oneOfAt(axis['kind'], `${where}.kind`, ['grid', 'random'] as const) === 'grid') {
    const values = arrayAt(axis['values'], `${where}.values`).map((setting, i) => {
      if (typeof setting === 'string' || typeof setting === 'number' || typeof setting === 'boolean')
        return setting;
      throw malformed(`${where}.values[${i}]`, 'a text, a number, true or false');
    });
    if (values.length === 0) throw malformed(`${where}.values`, 'a list of at least one value');
    return { kind: 'grid', path, values };
  }
  const scale = oneOfAt(axis['scale'], `${where}.scale`, ['linear', 'log'] as const);
  const low = numberAt(axis['low'], `${where}.low`, {
    min: scale === 'log' ? Number.MIN_VALUE : -Number.MAX_VALUE,
  });
  const high = numberAt(axis['high'], `${where}.high`, { min: low, max: Number.MAX_VALUE });
  return { kind: 'random', path, low, high, scale, whole: booleanAt(axis['whole'], `${where}.whole`) };
}

function splitAxis(text: string): readonly [path: string, rest: string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw axisMalformed(text, 'path=…, for example optimizer.learningRate=0.1,0.01');
  return [text.slice(0, equals).trim(), text.slice(equals + 1)];
}

function axisMalformed(text: string, expected: string): UserError {
  return new UserError('axis-malformed', `"${text}" is no axis of a sweep.`, `Allowed is ${expected}.`);
}
