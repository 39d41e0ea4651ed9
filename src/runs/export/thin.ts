import type { Series } from '../../protocol/messages';

/**
 * At most `limit` points of a series: of each of `limit / 2` equal stretches the lowest and the highest,
 * in their order, so that no spike is lost. A shorter series comes back as it is. NaN counts as highest:
 * a divergence stays visible.
 */
export function thinSeries(series: Series, limit: number): Series {
  const { values } = series;
  if (values.length <= limit) return series;
  const stretches = Math.floor(limit / 2);
  const kept: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = Math.floor((stretch * values.length) / stretches);
    const end = Math.floor(((stretch + 1) * values.length) / stretches);
    let low = start;
    let high = start;
    for (let i = start + 1; i < end; i++) {
      if (values[i]! < values[low]!) low = i;
      if (!(values[i]! <= values[high]!) && !Number.isNaN(values[high]!)) high = i;
    }
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (i) => column[i]!);
  return {
    name: series.name,
    steps: pick(series.steps),
    epochs: pick(series.epochs),
    seconds: pick(series.seconds),
    values: pick(values),
  };
}
