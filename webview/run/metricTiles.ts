import { formatCount, formatNumber, metricLabel } from '../ui/format';
import type { RunModel } from '../ui/runModel';
import type { Tile } from '../ui/tiles';

/**
 * The latest value of each metric, as the charts have it; of a finished run its closing value, with the best one
 * beneath.
 */
export function metricTiles(run: RunModel): readonly Tile[] {
  const summary = run.finished?.summary;
  const training = summary?.job === 'train' ? summary : undefined;
  const values = training?.final ?? latestValues(run);
  return Object.entries(values).map(([name, value]) => {
    const best = training?.best[name];
    return {
      label: metricLabel(name),
      value: formatNumber(value),
      ...(best && { note: `best ${formatNumber(best.value)} at step ${formatCount(best.step)}` }),
      title: `${name}: the last value that the run reported, not smoothed; as exact as stored: ${value}`,
    };
  });
}

/** The summary alone may be older or newer than the curves: events come in batches, and it after them. */
function latestValues({ summary, series }: RunModel): Readonly<Record<string, number>> {
  const drawn = Array.from(series.values(), ({ name, values }) => [name, values.at(-1)!] as const);
  return { ...summary.last, ...Object.fromEntries(drawn) };
}
