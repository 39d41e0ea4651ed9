import { metricKind } from '../../src/protocol/metricKind';
import { metricTitle } from './format';
import type { SeriesColumns } from './seriesColumns';

/** Metrics that belong on one chart because they share a unit. */
export interface MetricGroup {
  readonly title: string;
  readonly series: readonly SeriesColumns[];
}

/**
 * Losses share a chart, accuracies share one, and every other metric has its own, with a line for each task that has
 * it. Losses come first, then accuracies, then the rest in the order of their first appearance.
 */
export function metricGroups(series: Iterable<SeriesColumns>): readonly MetricGroup[] {
  const all = [...series];
  const tasks = taskSuffixes(all.map(({ name }) => metricIn(name)));
  const groups = new Map<string, SeriesColumns[]>([
    ['Loss', []],
    ['Accuracy', []],
  ]);
  for (const one of all) {
    const title = groupOf(metricIn(one.name), tasks);
    const group = groups.get(title);
    if (group) group.push(one);
    else groups.set(title, [one]);
  }
  return [...groups]
    .filter(([, group]) => group.length > 0)
    .map(([title, group]) => ({ title, series: group }));
}

/** Names are camelCase (`trainLoss`); a report puts the run's name before, ended by a colon. */
function metricIn(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1).trim();
}

function groupOf(metric: string, tasks: readonly string[]): string {
  const kind = metricKind(metric);
  if (kind !== undefined) return kind === 'loss' ? 'Loss' : 'Accuracy';
  return metricTitle(withoutTask(metric, tasks));
}

/** A task's name ends those of its metrics, or stands before a slash: `testRecallLeft`, `left/recall`. */
function withoutTask(metric: string, tasks: readonly string[]): string {
  const task = tasks.find((suffix) => metric.endsWith(suffix) && metric.length > suffix.length);
  return task === undefined ? metric.slice(metric.lastIndexOf('/') + 1) : metric.slice(0, -task.length);
}

/** How names of tasks end the names of metrics: every task has a loss, `trainLossLeft`. */
function taskSuffixes(metrics: readonly string[]): readonly string[] {
  const losses = metrics.map((metric) => /^(?:train|test)Loss([A-Z].*)$/.exec(metric)?.[1]);
  return [...new Set(losses.filter((suffix) => suffix !== undefined))];
}
