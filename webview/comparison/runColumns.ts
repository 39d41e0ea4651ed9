import { isMaximized } from '../../src/protocol/sweep';
import { formatDuration, formatNumber, formatTick, metricLabel } from '../ui/format';
import type { ComparedRun } from './comparedRun';
import { metricsOf } from './overlay';
import { differingSettings, settingsOf } from '../ui/runSettings';

type Cell = string | number | undefined;

/** A column of the table of runs. */
export interface RunColumn {
  /** Stays the same over runs, so that what a person chose can be kept: `best:testLoss`. */
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly numeric: boolean;
  /** What is sorted by and written to CSV. */
  value(run: ComparedRun): Cell;
  /** How it is shown. */
  text(run: ComparedRun): string;
}

/** Everything that can be told of these runs beside their names. */
export function runColumns(runs: readonly ComparedRun[]): readonly RunColumn[] {
  return [
    {
      id: 'state',
      label: 'State',
      title: 'How the run stands',
      numeric: false,
      value: stateOf,
      text: stateOf,
    },
    {
      id: 'duration',
      label: 'Duration',
      title: 'From start to end, or to the latest news; seconds in the CSV',
      numeric: true,
      value: ({ summary }) => summary.seconds,
      text: ({ summary }) => formatDuration(summary.seconds),
    },
    ...differingSettings(runs.map(({ spec }) => spec)).map((name) => settingColumn(name, runs)),
    ...metricsOf(runs).flatMap(metricColumns),
  ];
}

function stateOf({ gone, summary }: ComparedRun): string {
  return gone ? 'deleted' : summary.state;
}

function settingColumn(name: string, runs: readonly ComparedRun[]): RunColumn {
  const value = ({ spec }: ComparedRun): Cell => {
    const setting = settingsOf(spec).get(name);
    return typeof setting === 'boolean' ? String(setting) : setting;
  };
  const numeric = runs.every((run) => typeof (value(run) ?? 0) === 'number');
  return {
    id: `setting:${name}`,
    label: name,
    title: `The setting ${name}; a dash where the run was not given any`,
    numeric,
    value,
    text: (run) => textOf(value(run), formatTick),
  };
}

function metricColumns(metric: string): readonly RunColumn[] {
  const label = metricLabel(metric);
  const maximized = isMaximized(metric);
  const column = (kind: string, title: string, value: RunColumn['value']): RunColumn => ({
    id: `${kind}:${metric}`,
    label: `${label}, ${kind}`,
    title,
    numeric: true,
    value,
    text: (run) => textOf(value(run)),
  });
  const last = column('last', `The latest value of ${label}`, ({ curves }) =>
    curves.get(metric)?.values.at(-1),
  );
  if (maximized === undefined) return [last];
  const extreme = maximized ? 'highest' : 'lowest';
  const best = column(
    'best',
    `The ${extreme} value of ${label}`,
    ({ extremes }) => extremes.get(metric)?.[extreme],
  );
  return [last, best];
}

function textOf(cell: Cell, format: (value: number) => string = formatNumber): string {
  return typeof cell === 'number' ? format(cell) : (cell ?? '–');
}
