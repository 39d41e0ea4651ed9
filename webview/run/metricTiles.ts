import { formatCount, formatNumber, metricLabel } from '../ui/format';
import type { RunModel } from '../ui/runModel';
import type { Tile } from '../ui/tiles';

/** The latest value of each metric; of a finished run its closing value, with the best one beneath. */
export function metricTiles(run: RunModel): readonly Tile[] {
  const summary = run.finished?.summary;
  const training = summary?.job === 'train' ? summary : undefined;
  const values = training?.final ?? run.summary.last;
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
