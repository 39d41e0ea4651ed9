import type { CursorMove } from './chartFrame';
import type { CurveColumn } from './curveColumn';
import { lowerBound, upperBound } from './decimate';
import type { SeriesColumns, XAxis } from './seriesColumns';

export type Range = readonly [min: number, max: number];

/** A series seen along one axis. */
export interface Trace {
  readonly name: string;
  /** Non-decreasing. */
  readonly xs: Float64Array;
  readonly raw: CurveColumn;
  /** The moving average; absent without smoothing, and of short series. */
  readonly smooth: CurveColumn | undefined;
}

/** A mean over a handful of samples would only lag behind them. */
const SMOOTHED_FROM = 20;

export function traceOf(series: SeriesColumns, axis: XAxis, smoothing: number): Trace {
  return {
    name: series.name,
    xs: series.axis(axis),
    raw: series.curve,
    smooth: smoothing > 0 && series.length >= SMOOTHED_FROM ? series.smoothed(smoothing) : undefined,
  };
}

/** First and last place that any trace has a sample at; `[0, 1]` where there is none. */
export function extent(traces: readonly Pick<Trace, 'xs'>[]): Range {
  let min = Infinity;
  let max = -Infinity;
  for (const { xs } of traces) {
    if (xs.length === 0) continue;
    min = Math.min(min, xs[0]!);
    max = Math.max(max, xs[xs.length - 1]!);
  }
  return min <= max ? [min, max] : [0, 1];
}

/** The sample's place that is nearest to x over all traces. */
export function nearestPlace(traces: readonly Trace[], x: number): number | undefined {
  let best: number | undefined;
  for (const { xs } of traces) {
    const at = lowerBound(xs, x);
    for (const candidate of [xs[at - 1], xs[at]]) {
      if (candidate === undefined) continue;
      if (best === undefined || Math.abs(candidate - x) < Math.abs(best - x)) best = candidate;
    }
  }
  return best;
}

/** The first place after x that any trace has a sample at. */
export function nextPlace(traces: readonly Trace[], x: number): number | undefined {
  const places = traces.map(({ xs }) => xs[upperBound(xs, x)]).filter((place) => place !== undefined);
  return places.length > 0 ? Math.min(...places) : undefined;
}

/** The last place before x that any trace has a sample at. */
export function previousPlace(traces: readonly Trace[], x: number): number | undefined {
  const places = traces.map(({ xs }) => xs[lowerBound(xs, x) - 1]).filter((place) => place !== undefined);
  return places.length > 0 ? Math.max(...places) : undefined;
}

/** Where a move takes a cursor among the samples of some traces; a page is a tenth of what is in sight. */
export function movedPlace(
  traces: readonly Trace[],
  to: CursorMove,
  cursor: number | undefined,
  [min, max]: Range,
): number | undefined {
  const page = (max - min) / 10;
  switch (to) {
    case 'first':
      return nearestPlace(traces, min);
    case 'last':
      return nearestPlace(traces, max);
    case 'page back':
      return nearestPlace(traces, Math.max(min, (cursor ?? max) - page));
    case 'page forward':
      return nearestPlace(traces, Math.min(max, (cursor ?? min) + page));
    case 'next':
      return cursor === undefined ? nearestPlace(traces, min) : nextPlace(traces, cursor);
    case 'previous':
      return cursor === undefined ? nearestPlace(traces, max) : previousPlace(traces, cursor);
  }
}

/** What a trace has at a place: its last sample there or before. */
export interface Reading<T extends Trace = Trace> {
  readonly trace: T;
  readonly x: number;
  readonly value: number;
  readonly smooth: number | undefined;
}

export function readingsAt<T extends Trace>(traces: readonly T[], x: number): readonly Reading<T>[] {
  return traces.flatMap((trace) => {
    const i = upperBound(trace.xs, x) - 1;
    if (i < 0) return [];
    return [{ trace, x: trace.xs[i]!, value: trace.raw.values[i]!, smooth: trace.smooth?.values[i] }];
  });
}
