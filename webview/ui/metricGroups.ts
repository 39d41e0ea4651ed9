import { metricKind } from '../../src/protocol/metricKind';
import { metricTitle } from './format';
import type { SeriesColumns } from './seriesColumns';

/** Metrics that belong on one chart because they share a unit. */
export interface MetricGroup {
  readonly title: string;
  readonly series: readonly SeriesColumns[];
}

/**
 * Losses share a chart, accuracies share one, every other metric has its own. Losses come first, then
 * accuracies, then the rest in the order of their first appearance.
 */
export function metricGroups(series: Iterable<SeriesColumns>): readonly MetricGroup[] {
  const groups = new Map<string, SeriesColumns[]>([
    ['Loss', []],
    ['Accuracy', []],
  ]);
  for (const one of series) {
    const title = groupOf(one.name);
    const group = groups.get(title);
    if (group) group.push(one);
    else groups.set(title, [one]);
  }
  return [...groups]
    .filter(([, group]) => group.length > 0)
    .map(([title, group]) => ({ title, series: group }));
}

/** Names are camelCase (`trainLoss`); a report puts the run's name before, ended by a colon. */
function groupOf(name: string): string {
  const metric = name.slice(name.lastIndexOf(':') + 1).trim();
  const kind = metricKind(metric);
  if (kind === undefined) return metricTitle(metric);
  return kind === 'loss' ? 'Loss' : 'Accuracy';
}
