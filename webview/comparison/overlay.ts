import type { ChartHost } from '../ui/chartFrame';
import { chartStack, type ChartStackView } from '../ui/chartStack';
import { element } from '../ui/dom';
import { metricTitle } from '../ui/format';
import { metricGroups } from '../ui/metricGroups';
import { runName } from '../ui/runName';
import { SeriesColumns } from '../ui/seriesColumns';
import type { ComparedRun } from './comparedRun';

export interface Overlay {
  readonly element: HTMLElement;
  /** The runs to show from now on; the same objects may have grown. */
  setRuns(runs: readonly ComparedRun[]): void;
}

/** The curves of several runs over one another, a chart a metric, so that a stroke stands for a run everywhere. */
export function overlay(
  first: ChartStackView,
  host: ChartHost,
  onView: (view: ChartStackView) => void,
): Overlay {
  const stack = chartStack(first, host, onView);
  const empty = element('p', { class: 'empty', text: 'None of these runs has reported a value so far.' });
  let names = new Map<string, string>();
  const label = (id: string) => names.get(id) ?? id;

  return {
    element: element('div', { class: 'convergence' }, stack.bar, empty, stack.list),
    setRuns: (runs) => {
      names = new Map(runs.map((run) => [run.summary.id, runName(run, runs)]));
      const metrics = metricsOf(runs);
      empty.hidden = metrics.length > 0;
      stack.bar.hidden = metrics.length === 0;
      stack.setCharts(
        metrics.map((metric) => ({
          title: metricTitle(metric),
          series: runs.flatMap(({ curves }) => curves.get(metric) ?? []),
          label,
        })),
      );
    },
  };
}

/** All metrics of the runs in the order of charts: losses, accuracies, the rest. */
export function metricsOf(runs: readonly ComparedRun[]): readonly string[] {
  const metrics = new Set(runs.flatMap(({ curves }) => [...curves.keys()]));
  const groups = metricGroups(Array.from(metrics, (metric) => new SeriesColumns(metric)));
  return groups.flatMap(({ series }) => series.map(({ name }) => name));
}
