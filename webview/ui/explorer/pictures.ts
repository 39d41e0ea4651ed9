import * as ball from '../../../src/math/dynamics/heavyBall';
import {
  criticalAlpha,
  largestSpectralRadius,
  luoChenStep,
  minibatchVariance,
  optimalAlpha,
  spectralRadius,
} from '../../../src/math/dynamics/nagGs';
import { formatNumber } from '../format';
import type { HeatMapData } from '../heatMapData';
import { SeriesColumns } from '../seriesColumns';
import type { Upright } from '../uprights';
import type { ExplorerPoint } from './explorerPoint';

type NagGs = ExplorerPoint & { readonly kind: 'nag-gs' };
type HeavyBall = ExplorerPoint & { readonly kind: 'heavy-ball' };

/** What is drawn of a point: curves over its step, and maps over its step and another parameter. */
export interface Pictures {
  /** Of each curvature and the largest of all. */
  readonly radius: readonly SeriesColumns[];
  readonly variance: readonly SeriesColumns[];
  readonly marks: readonly Mark[];
  readonly maps: readonly ExplorerMap[];
}

/** A step size that means something. */
export interface Mark extends Upright {
  /** What it means, before its label in a sentence: `fastest at`. */
  readonly meaning: string;
}

export interface ExplorerMap {
  readonly parameter: 'gamma' | 'mu' | 'momentum';
  readonly radius: HeatMapData;
  readonly variance: HeatMapData;
}

/** Samples of a curve; columns and rows of a map. */
const SAMPLES = 240;
const COLUMNS = 60;
const ROWS = 40;
/** How far a map reaches around its point, as a factor to either side. */
const REACH = 100;
/** Momentum of a map, linear. */
const MOST_MOMENTUM = 0.995;

/** Everything that is drawn of one point; the variance is that of x where each coordinate of a gradient has variance 1. */
export function picturesOf(point: ExplorerPoint, live: ExplorerPoint | undefined): Pictures {
  return point.kind === 'nag-gs' ? nagGsPictures(point, live) : heavyBallPictures(point, live);
}

function nagGsPictures(point: NagGs, live: ExplorerPoint | undefined): Pictures {
  const { mu, gamma, largest } = point;
  const best = optimalAlpha(mu, largest, gamma);
  const critical = criticalAlpha(mu, largest, gamma);
  const published = luoChenStep(mu, largest);
  const alphas = geometric(point.alpha / REACH, Math.max(point.alpha, finite(critical)) * 3, SAMPLES);
  const at = (alpha: number) => ({ alpha, mu, gamma });
  const ends = { least: mu, largest };
  return {
    radius: [
      ...curvatures(ends).map(({ name, lambda }) =>
        curve(name, alphas, (a) => spectralRadius(at(a), lambda)),
      ),
      curve('largest of all λ', alphas, (a) => largestSpectralRadius(at(a), ends)),
    ],
    variance: curvatures(ends).map(({ name, lambda }) =>
      curve(name, alphas, (a) => minibatchVariance(at(a), lambda, 1)),
    ),
    marks: [
      { place: best, meaning: 'fastest at', label: `α_c ${short(best)}` },
      { place: critical, meaning: 'unstable above', label: `α_crit ${short(critical)}` },
      { place: published, meaning: 'published step of', label: `Luo–Chen ${short(published)}` },
      { place: point.alpha, meaning: 'you are', label: `here ${short(point.alpha)}` },
    ],
    maps: [nagGsMap(point, live, 'gamma'), nagGsMap(point, live, 'mu')],
  };
}

function nagGsMap(point: NagGs, live: ExplorerPoint | undefined, parameter: 'gamma' | 'mu'): ExplorerMap {
  const { largest } = point;
  const xs = geometric(point.alpha / REACH, point.alpha * REACH, COLUMNS + 1);
  const ys = geometric(point[parameter] / REACH, point[parameter] * REACH, ROWS + 1);
  const settings = (alpha: number, y: number) => ({ ...point, alpha, [parameter]: y });
  const line = ys.map((y) => {
    const { mu, gamma } = settings(0, y);
    return [criticalAlpha(mu, largest, gamma), y] as const;
  });
  const run = live?.kind === 'nag-gs' ? { x: live.alpha, y: live[parameter] } : undefined;
  return mapOf(parameter, { x: point.alpha, y: point[parameter] }, run, {
    xs,
    ys,
    line,
    radius: (alpha, y) => {
      const s = settings(alpha, y);
      return largestSpectralRadius(s, { least: Math.min(s.mu, largest), largest });
    },
    variance: (alpha, y) => {
      const s = settings(alpha, y);
      return Math.max(minibatchVariance(s, s.mu, 1), minibatchVariance(s, largest, 1));
    },
  });
}

function heavyBallPictures(point: HeavyBall, live: ExplorerPoint | undefined): Pictures {
  const { momentum, mu, largest } = point;
  const ends = { least: mu, largest };
  const critical = (2 * (1 + momentum)) / largest;
  const rates = geometric(point.rate / REACH, Math.max(point.rate, critical) * 3, SAMPLES);
  const radius = (rate: number, lambda: number) => ball.spectralRadius({ rate, momentum }, lambda);
  const xs = geometric(point.rate / REACH, point.rate * REACH, COLUMNS + 1);
  const ys = Array.from({ length: ROWS + 1 }, (_, k) => (k * MOST_MOMENTUM) / ROWS);
  const run = live?.kind === 'heavy-ball' ? { x: live.rate, y: live.momentum } : undefined;
  return {
    radius: [
      ...curvatures(ends).map(({ name, lambda }) => curve(name, rates, (rate) => radius(rate, lambda))),
      curve('largest of all λ', rates, (rate) => Math.max(radius(rate, mu), radius(rate, largest))),
    ],
    variance: curvatures(ends).map(({ name, lambda }) =>
      curve(name, rates, (rate) => ball.stationaryVariance({ rate, momentum }, lambda, 1)),
    ),
    marks: [
      { place: critical, meaning: 'unstable above the', label: `limit ${short(critical)}` },
      { place: point.rate, meaning: 'you are', label: `here ${short(point.rate)}` },
    ],
    maps: [
      mapOf('momentum', { x: point.rate, y: momentum }, run, {
        xs,
        ys,
        line: ys.map((y) => [(2 * (1 + y)) / largest, y] as const),
        radius: (rate, y) =>
          Math.max(
            ball.spectralRadius({ rate, momentum: y }, mu),
            ball.spectralRadius({ rate, momentum: y }, largest),
          ),
        variance: (rate, y) =>
          Math.max(
            ball.stationaryVariance({ rate, momentum: y }, mu, 1),
            ball.stationaryVariance({ rate, momentum: y }, largest, 1),
          ),
        linearRows: true,
      }),
    ],
  };
}

interface MapSource {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** Where steps begin to grow. */
  readonly line: readonly (readonly [x: number, y: number])[];
  readonly radius: (x: number, y: number) => number;
  readonly variance: (x: number, y: number) => number;
  readonly linearRows?: boolean;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function mapOf(
  parameter: ExplorerMap['parameter'],
  here: Place,
  run: Place | undefined,
  { xs, ys, line, radius, variance, linearRows = false }: MapSource,
): ExplorerMap {
  const radii = new Float64Array(COLUMNS * ROWS);
  const variances = new Float64Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [from, to] = [ys[row]!, ys[row + 1]!];
    const y = linearRows ? (from + to) / 2 : Math.sqrt(from * to);
    for (let column = 0; column < COLUMNS; column++) {
      const x = Math.sqrt(xs[column]! * xs[column + 1]!);
      radii[row * COLUMNS + column] = radius(x, y);
      variances[row * COLUMNS + column] = Math.log10(variance(x, y));
    }
  }
  const settled = variances.filter(Number.isFinite);
  const least = settled.reduce((a, b) => Math.min(a, b), Infinity);
  const most = settled.reduce((a, b) => Math.max(a, b), -Infinity);
  const moved = run && (run.x !== here.x || run.y !== here.y);
  const shared = {
    xs,
    ys,
    lines: [{ name: 'limit of stability', points: line.filter(([x]) => Number.isFinite(x)) }],
    marks: [
      { name: run && !moved ? 'the run' : 'here', ...here },
      ...(moved ? [{ name: 'the run', ...run }] : []),
    ],
  };
  return {
    parameter,
    radius: { ...shared, values: radii, range: [radii.reduce((a, b) => Math.min(a, b), 1), 1], limit: 1 },
    variance: { ...shared, values: variances, range: least < most ? [least, most] : [0, 1], limit: most },
  };
}

/** The ends of the spectrum and its middle, by ratio. */
function curvatures({ least, largest }: { readonly least: number; readonly largest: number }) {
  const middle = Math.sqrt(least * largest);
  return [
    { name: `λ = μ = ${short(least)}`, lambda: least },
    { name: `λ = √(μL) = ${short(middle)}`, lambda: middle },
    { name: `λ = L = ${short(largest)}`, lambda: largest },
  ];
}

function curve(name: string, steps: readonly number[], value: (step: number) => number): SeriesColumns {
  const places = Float64Array.from(steps);
  const columns = new SeriesColumns(name);
  columns.append({ steps: places, epochs: places, seconds: places, values: places.map(value) });
  return columns;
}

/** `count` numbers from `first` to `last`, in equal ratios. */
function geometric(first: number, last: number, count: number): number[] {
  const ratio = Math.log(last / first) / (count - 1);
  return Array.from({ length: count }, (_, k) => first * Math.exp(k * ratio));
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function short(value: number): string {
  return formatNumber(value, 3);
}
