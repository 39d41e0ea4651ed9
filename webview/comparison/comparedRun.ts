import type { JobSpec } from '../../src/protocol/jobSpec';
import type { RunView, Series, ToRunPanel } from '../../src/protocol/messages';
import type { RunSummary } from '../../src/protocol/run';
import { SeriesColumns } from '../ui/seriesColumns';

/** Of all values that are numbers; where there is none, nothing. */
export interface Extremes {
  lowest?: number;
  highest?: number;
}

/** What a comparison keeps of one run, begun by a snapshot and grown by increments. */
export interface ComparedRun {
  summary: RunSummary;
  readonly spec: JobSpec;
  /** Number of the run's style, the same in all charts and in the table. */
  readonly stroke: number;
  /** By metric; each series is named after the run, which is what a chart of one metric tells apart. */
  readonly curves: Map<string, SeriesColumns>;
  /** By metric. */
  readonly extremes: Map<string, Extremes>;
  /** The folder was removed while the page was open. */
  gone: boolean;
}

export function comparedRun({ summary, spec, series }: RunView, stroke: number): ComparedRun {
  const run: ComparedRun = { summary, spec, stroke, curves: new Map(), extremes: new Map(), gone: false };
  append(run, series);
  return run;
}

/** Takes in what was told of the run after its snapshot. */
export function updateRun(run: ComparedRun, message: Exclude<ToRunPanel, { type: 'snapshot' }>): void {
  if (message.type === 'gone') {
    run.gone = true;
    return;
  }
  run.summary = message.summary;
  append(run, message.series);
}

function append({ curves, extremes, summary, stroke }: ComparedRun, added: readonly Series[]): void {
  for (const series of added) {
    let columns = curves.get(series.name);
    if (!columns) curves.set(series.name, (columns = new SeriesColumns(summary.id, stroke)));
    columns.append(series);
    let known = extremes.get(series.name);
    if (!known) extremes.set(series.name, (known = {}));
    widen(known, series.values);
  }
}

function widen(extremes: Extremes, values: Float64Array): void {
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (extremes.lowest === undefined || value < extremes.lowest) extremes.lowest = value;
    if (extremes.highest === undefined || value > extremes.highest) extremes.highest = value;
  }
}
