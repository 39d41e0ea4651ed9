import { Random } from '../../math/random';
import { DEFAULT_SEED, type SweepSpec, type TrainSpec } from '../../protocol/jobSpec';
import type { GridAxis, RandomAxis, Settings, SweepAxis } from '../../protocol/sweep';
import { streamSeed } from '../randomness';

/** One trial before it is a run. */
export interface Trial {
  readonly parameters: Settings;
  /** Absent where the experiment's own seed is left as it is. */
  readonly seed?: number;
}

/**
 * The trials of a sweep, in the order in which they start: the draws of the random axes, for each every point of
 * the grid (the last axis changes fastest), and for each of these the seeds. The same spec gives the same trials;
 * more draws only add some at the end.
 */
export function planTrials({ axes, draws, seeds, trial }: SweepSpec): readonly Trial[] {
  const first = trial.seed ?? DEFAULT_SEED;
  const settings = drawnSettings(axes.filter(isRandom), draws, first).flatMap((drawn) =>
    gridSettings(axes.filter(isGrid)).map((point) => inOrder(axes, { ...drawn, ...point })),
  );
  if (seeds === 1) {
    const seed = trial.seed === undefined ? {} : { seed: trial.seed };
    return settings.map((parameters) => ({ parameters, ...seed }));
  }
  return settings.flatMap((parameters) =>
    Array.from({ length: seeds }, (_, i) => ({ parameters, seed: (first + i) % 2 ** 32 })),
  );
}

/** What a run of the trial is asked for. @param sweep name of the sweep's own run */
export function trialSpec({ trial }: SweepSpec, { parameters, seed }: Trial, sweep: string): TrainSpec {
  return {
    ...trial,
    overrides: { ...trial.overrides, ...parameters },
    ...(seed !== undefined && { seed }),
    sweep,
  };
}

function isRandom(axis: SweepAxis): axis is RandomAxis {
  return axis.kind === 'random';
}

function isGrid(axis: SweepAxis): axis is GridAxis {
  return axis.kind === 'grid';
}

function gridSettings(axes: readonly GridAxis[]): readonly Settings[] {
  return axes.reduce<readonly Settings[]>(
    (points, { path, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    [{}],
  );
}

/** Every axis draws from a stream of its own, so that one more axis leaves the others as they were. */
function drawnSettings(axes: readonly RandomAxis[], draws: number, seed: number): readonly Settings[] {
  if (axes.length === 0) return [{}];
  const streams = axes.map((axis) => ({ axis, random: new Random(streamSeed(seed, `sweep/${axis.path}`)) }));
  return Array.from({ length: draws }, () =>
    Object.fromEntries(streams.map(({ axis, random }) => [axis.path, draw(axis, random)])),
  );
}

function draw({ low, high, scale, whole }: RandomAxis, random: Random): number {
  // A whole number stands for the stretch of length 1 around it, so that the bounds are as likely as the rest.
  const [from, to] = whole ? [low - 0.5, high + 0.5] : [low, high];
  const uniform = random.uniform();
  const value = scale === 'log' ? from * (to / from) ** uniform : from + (to - from) * uniform;
  return whole ? Math.min(high, Math.max(low, Math.round(value))) : value;
}

function inOrder(axes: readonly SweepAxis[], settings: Settings): Settings {
  return Object.fromEntries(axes.map(({ path }) => [path, settings[path]!]));
}
