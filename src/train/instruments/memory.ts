import type { VerdictEvent } from '../../protocol/instruments';
import { arrayAt, objectAt } from '../../protocol/validate';
import type { NoiseReading } from './noise';

/** Sums of noise, smoothed over readings: a ratio of means is steadier than a mean of ratios. */
export interface SmoothedNoise {
  readonly variance: number;
  readonly square: number;
  readonly scaledVariance: number;
}

/** What instruments remember from one reading to the next. A checkpoint holds it, so that a resumed run goes on. */
export interface InstrumentMemory {
  /** The run began with the weights of a file, which a run that goes on does not have. */
  startsFromFile?: true;
  noise?: SmoothedNoise;
  /** Of the latest reading. */
  curvature?: { readonly largest: number; readonly trace: number };
  /** Latest positions α, gradient norms and losses, oldest first. */
  readonly positions: number[];
  readonly gradientNorms: number[];
  readonly losses: number[];
  /** Level of the latest verdict of each kind. */
  readonly levels: Record<string, VerdictEvent['level']>;
}

/** How many are remembered. */
export const MOST_POSITIONS = 9;
export const MOST_NORMS = 9;
export const MOST_LOSSES = 128;

/** Weight of an earlier reading beside the next. */
const KEEP = 0.8;

export function freshMemory(): InstrumentMemory {
  return { positions: [], gradientNorms: [], losses: [], levels: {} };
}

export function remember(list: number[], value: number, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}

export function smooth(
  earlier: SmoothedNoise | undefined,
  { all, scaledVariance }: NoiseReading,
): SmoothedNoise {
  const latest = { variance: all.variance, square: all.square, scaledVariance };
  if (earlier === undefined) return latest;
  const mix = (key: keyof SmoothedNoise): number => KEEP * earlier[key] + (1 - KEEP) * latest[key];
  return { variance: mix('variance'), square: mix('square'), scaledVariance: mix('scaledVariance') };
}

/** Middle value of a list that is not empty. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/**
 * Reads what a checkpoint holds of it.
 * @throws UserError where it is something else
 */
export function readMemory(value: unknown): InstrumentMemory {
  const record = objectAt(value, 'checkpoint.instruments');
  const numbers = (key: string): number[] => arrayAt(record[key], `checkpoint.instruments.${key}`).map(orNaN);
  const figures = (key: string): Record<string, number> | undefined =>
    record[key] === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(objectAt(record[key], `checkpoint.instruments.${key}`)).map(([name, figure]) => [
            name,
            orNaN(figure),
          ]),
        );
  const [noise, curvature] = [figures('noise'), figures('curvature')];
  return {
    ...(record['startsFromFile'] === true && { startsFromFile: true }),
    ...(noise !== undefined && { noise: noise as unknown as SmoothedNoise }),
    ...(curvature !== undefined && { curvature: curvature as { largest: number; trace: number } }),
    positions: numbers('positions'),
    gradientNorms: numbers('gradientNorms'),
    losses: numbers('losses'),
    levels: objectAt(record['levels'], 'checkpoint.instruments.levels') as InstrumentMemory['levels'],
  };
}

/** JSON has `null` for a number that is not finite. */
function orNaN(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
