import { criticalAlpha } from '../../math/dynamics/nagGs';
import type { VerdictEvent } from '../../protocol/instruments';
import type { OptimizerSettings } from '../optimizers/settings';
import { stepSetting } from '../optimizers/stepSetting';
import { median, type InstrumentMemory } from './memory';
import { meanOf } from './stepFacts';

type Level = VerdictEvent['level'];

/** What a verdict is drawn from. */
export interface Evidence {
  readonly step: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  /** Of the reading at hand; a quantity that it did not read is missing. */
  readonly values: Readonly<Record<string, number>>;
  readonly byLayer: Readonly<Record<string, readonly number[]>>;
  readonly layers: readonly string[];
  readonly memory: InstrumentMemory;
}

type Finding = Omit<VerdictEvent, 'type' | 'step' | 'id'>;

/** Draws one kind of verdict. @returns `undefined` where the reading says nothing of it */
type Judge = (evidence: Evidence, before: Level) => Finding | undefined;

const JUDGES: Readonly<Record<string, Judge>> = {
  stability: judgeStability,
  overshoot: judgeOvershoot,
  noise: judgeNoise,
  'dead-units': judgeDeadUnits,
  'update-ratio': judgeUpdateRatio,
  gradients: judgeGradients,
  plateau: judgePlateau,
  splitting: judgeSplitting,
};

/**
 * Says what a reading means, where that is not what was said before. A level is left only when the value is
 * well beyond the limit at which it was reached, so that verdicts do not flicker.
 * @param evidence its memory learns the new levels
 */
export function judge(evidence: Evidence): VerdictEvent[] {
  const { step, memory } = evidence;
  return Object.entries(JUDGES).flatMap(([id, draw]) => {
    const before = memory.levels[id] ?? 'good';
    const finding = draw(evidence, before);
    if (finding === undefined || finding.level === before) return [];
    memory.levels[id] = finding.level;
    return [{ type: 'verdict', step, id, ...finding }];
  });
}

/** Part of a limit that a value must fall below for its level to be left. */
const SLACK = 0.8;

/** The level of a value that is worse the larger it is. */
function levelOf(
  value: number,
  before: Level,
  limits: { readonly notice?: number; readonly warning: number },
): Level {
  const { notice = limits.warning, warning } = limits;
  if (value > warning * (before === 'warning' ? SLACK : 1)) return 'warning';
  if (value > notice * (before === 'good' ? 1 : SLACK)) return notice === warning ? 'warning' : 'notice';
  return 'good';
}

function judgeStability({ values, optimizer }: Evidence, before: Level): Finding | undefined {
  const { stabilityMargin: margin, largestCurvature, curvatureLimit } = values;
  if (margin === undefined || !(margin > 0)) return undefined;
  const evidence = [
    { quantity: 'stabilityMargin', value: margin, limit: 1 },
    { quantity: 'largestCurvature', value: largestCurvature!, limit: curvatureLimit! },
  ];
  const isFollowing = optimizer.name === 'nag-gs' && optimizer.curvature === 'auto';
  const field = isFollowing ? 'optimizer.measureEvery' : stepSetting(optimizer).field;
  // A step that follows the curvature has a margin of about 1.2 by intention.
  const level = levelOf(1 / margin, before, isFollowing ? { warning: 1 } : { notice: 1 / 1.2, warning: 1 });
  if (level === 'good') {
    return { level, text: `The curvature would allow ${figure(margin)} times the step.`, evidence, field };
  }
  return {
    level,
    text:
      margin < 1
        ? `The step is ${figure(1 / margin)} times what the largest curvature allows: the loss may grow.`
        : `The step is near what the largest curvature allows, which is ${figure(margin)} times it.`,
    remedy: isFollowing
      ? `Lower ${field}: the curvature has grown since it was measured for the step.`
      : `Lower ${field} below ${figure(stableValue(values, margin))}, or lengthen its warm-up.`,
    evidence,
    field,
  };
}

/** The largest learning rate, or α of NAG-GS, up to the present one, that is stable at the largest curvature. */
function stableValue(values: Evidence['values'], margin: number): number {
  const { learningRate, largestCurvature, nagGsAlpha: alpha, nagGsMu: mu, nagGsGamma: gamma } = values;
  if (alpha === undefined) return learningRate! * Math.min(1, margin);
  return Math.min(alpha, criticalAlpha(mu!, largestCurvature!, gamma!));
}

function judgeOvershoot(
  { memory: { positions }, values, optimizer }: Evidence,
  before: Level,
): Finding | undefined {
  if (values['alpha'] === undefined || positions.length < 5) return undefined;
  const middle = median(positions);
  const level = levelOf(middle, before, { notice: 0.3, warning: 0.5 });
  const { field, shorten } = stepSetting(optimizer);
  const evidence = [{ quantity: 'alpha', value: middle, limit: 0.5 }];
  if (level === 'good') {
    return { level, text: 'Steps end before the other side of the valley.', evidence, field };
  }
  return {
    level,
    text: `Half of the latest steps end beyond the bottom of their valley, at α ${figure(middle)} or further.`,
    remedy: `${shorten}: steps of ${figure(1 / (1 + middle))} of this length would end at the bottom.`,
    evidence,
    field,
  };
}

function judgeNoise({ values, batchSize, memory }: Evidence, before: Level): Finding | undefined {
  const { noiseScale } = values;
  const { noise } = memory;
  if (noiseScale === undefined || noise === undefined) return undefined;
  const field = 'batchSize';
  const evidence = [{ quantity: 'noiseScale', value: noiseScale, limit: batchSize }];
  // A gradient that is lost in its noise is as good as an infinite scale.
  const scale = noise.square > 0 ? noiseScale : Infinity;
  const about = Number.isFinite(scale) ? `, about ${nearestPower(scale)},` : '';
  if (levelOf(scale / batchSize, before, { notice: 16, warning: Infinity }) !== 'good') {
    return {
      level: 'notice',
      text: `The noise of the gradient is far above its length: a batch of ${batchSize} is small here.`,
      remedy: `Try a larger ${field}${about} or a lower learning rate: either gives steadier steps.`,
      evidence,
      field,
    };
  }
  if (levelOf(batchSize / scale, before, { notice: 16, warning: Infinity }) !== 'good') {
    return {
      level: 'notice',
      text: `The examples of a batch of ${batchSize} say nearly the same: a smaller one would do.`,
      remedy: `Try a smaller ${field}${about} which costs less time for the same steps.`,
      evidence,
      field,
    };
  }
  return {
    level: 'good',
    text: 'The batch is neither too small nor too large for its noise.',
    evidence,
    field,
  };
}

function judgeDeadUnits({ byLayer, layers, optimizer }: Evidence, before: Level): Finding | undefined {
  const shares = byLayer['deadUnits'];
  if (shares === undefined) return undefined;
  const [value, layer] = largest(shares, layers);
  const level = levelOf(value, before, { notice: 0.25, warning: 0.5 });
  const evidence = [{ quantity: 'deadUnits', value, limit: 0.5, layer }];
  if (level === 'good') return { level, text: 'Most units of every layer have gradients.', evidence };
  return {
    level,
    text: `${Math.round(100 * value)} % of the units of ${layer} had no gradient.`,
    remedy: `${stepSetting(optimizer).shorten}, or use an activation that has a gradient everywhere.`,
    evidence,
    field: 'model',
  };
}

function judgeUpdateRatio({ values, optimizer }: Evidence, before: Level): Finding | undefined {
  const { updateRatio: value } = values;
  if (value === undefined) return undefined;
  const { field, shorten, lengthen } = stepSetting(optimizer);
  const evidence = [{ quantity: 'updateRatio', value, limit: 0.03 }];
  if (levelOf(value, before, { warning: 0.03 }) !== 'good') {
    return {
      level: 'warning',
      text: `A step changes the weights by ${figure(100 * value)} % of their length, which is much.`,
      remedy: `${shorten}, or begin with a warm-up.`,
      evidence,
      field,
    };
  }
  if (value > 0 && levelOf(1e-6 / value, before, { notice: 1, warning: Infinity }) !== 'good') {
    return {
      level: 'notice',
      text: `A step changes the weights by ${figure(100 * value)} % of their length, next to nothing.`,
      remedy: `${lengthen}, or end the run.`,
      evidence: [{ quantity: 'updateRatio', value, limit: 1e-6 }],
      field,
    };
  }
  return {
    level: 'good',
    text: 'Steps change the weights by a usual part of their length.',
    evidence,
    field,
  };
}

function judgeGradients(
  { values, byLayer, layers, memory, optimizer }: Evidence,
  before: Level,
): Finding | undefined {
  const { gradientNorm } = values;
  const norms = byLayer['gradientNorm'];
  if (gradientNorm === undefined || norms === undefined) return undefined;
  const earlier = memory.gradientNorms.slice(0, -1).filter(Number.isFinite);
  const usual = earlier.length < 3 ? gradientNorm : median(earlier);
  if (!Number.isFinite(gradientNorm) || levelOf(gradientNorm / usual, before, { warning: 30 }) !== 'good') {
    const [, layer] = largest(
      norms.map((norm) => (Number.isFinite(norm) ? norm : Infinity)),
      layers,
    );
    return {
      level: 'warning',
      text: `The gradient explodes: its norm is ${figure(gradientNorm)}, and was ${figure(usual)} of late.`,
      remedy: `Set clipNorm, or shorten steps: ${stepSetting(optimizer).shorten}.`,
      evidence: [{ quantity: 'gradientNorm', value: gradientNorm, limit: 30 * usual, layer }],
      field: 'clipNorm',
    };
  }
  const [inverse, layer] = largest(
    norms.map((norm) => gradientNorm / norm),
    layers,
  );
  if (levelOf(inverse, before, { notice: 1e5, warning: Infinity }) !== 'good') {
    return {
      level: 'notice',
      text: `The gradient vanishes in ${layer}: its part is ${figure(100 / inverse)} % of the whole.`,
      remedy: 'Use normalization, residual connections or other initial weights.',
      evidence: [
        { quantity: 'gradientNorm', value: gradientNorm / inverse, limit: gradientNorm / 1e5, layer },
      ],
      field: 'model',
    };
  }
  return {
    level: 'good',
    text: 'Every layer has its part of the gradient.',
    evidence: [{ quantity: 'gradientNorm', value: gradientNorm }],
  };
}

/** Losses that stay the same within their spread, at a height above their floor that noise explains. */
function judgePlateau(
  { values, memory: { losses }, optimizer }: Evidence,
  before: Level,
): Finding | undefined {
  const { noiseFloor, plateau } = values;
  if (noiseFloor === undefined || plateau === undefined) return undefined;
  const half = losses.length >> 1;
  const [first, second] = [losses.slice(0, half), losses.slice(half)];
  const mean = meanOf(losses);
  const spread = Math.sqrt(meanOf(losses.map((loss) => (loss - mean) ** 2)));
  const gain = (meanOf(first) - meanOf(second)) / (spread / Math.sqrt(half));
  const { field, shorten } = stepSetting(optimizer);
  const evidence = [{ quantity: 'noiseFloor', value: noiseFloor, limit: mean / 4 }];
  const isFlat = gain < (before === 'good' ? 1 : 2);
  if (isFlat && levelOf(noiseFloor / mean, before, { notice: 0.25, warning: Infinity }) !== 'good') {
    return {
      level: 'notice',
      text: `The loss no longer falls, and noise alone keeps it up by about ${figure(noiseFloor)}.`,
      remedy: `${shorten} now, or let a schedule shorten steps: half the effective step halves the floor.`,
      evidence,
      field,
    };
  }
  return { level: 'good', text: 'Noise of the gradient does not keep the loss up.', evidence, field };
}

/** On a parabola, z/(1 − e^(−z)) − 1 where a step is z = 1 and ends at the bottom, and z = 2 and no longer shrinks. */
const AT_BOTTOM = 0.58;
const AT_LIMIT = 1.3;

function judgeSplitting({ values, optimizer }: Evidence, before: Level): Finding | undefined {
  const { splittingConsistency: value } = values;
  if (value === undefined) return undefined;
  const { field, shorten } = stepSetting(optimizer);
  const level = levelOf(value, before, { notice: AT_BOTTOM, warning: AT_LIMIT });
  const limit = level === 'warning' ? AT_LIMIT : AT_BOTTOM;
  const evidence = [{ quantity: 'splittingConsistency', value, limit }];
  if (level === 'good') {
    return { level, text: 'Steps of the last layer stay near the flow of their batch.', evidence, field };
  }
  const away = `${figure(100 * value)} % of its way`;
  return {
    level,
    text:
      level === 'warning'
        ? `A step of the last layer ends ${away} from the flow of its batch’s loss: it is too long to follow it.`
        : `A step of the last layer ends ${away} from the flow of its batch’s loss: it is long.`,
    remedy: `${shorten}, or begin with a warm-up.`,
    evidence,
    field,
  };
}

function largest(values: readonly number[], layers: readonly string[]): [number, string] {
  const place = values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
  return [values[place]!, layers[place]!];
}

function nearestPower(value: number): number {
  return 2 ** Math.max(0, Math.round(Math.log2(value)));
}

function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(2))) : String(value);
}
