import type { HeatMapData } from '../heatMapData';
import type { SeriesColumns } from '../seriesColumns';

/** More columns than these would be thinner than a few pixels. */
const COLUMNS = 120;

/**
 * One quantity of all layers over steps: a row a layer, the first one on top, and in each cell the mean of the
 * layer's readings in a stretch of steps, its decimal logarithm where the quantity has a logarithmic scale.
 */
export function layerStrip(layers: ReadonlyMap<string, SeriesColumns>, logarithmic: boolean): HeatMapData {
  const names = [...layers.keys()].reverse();
  const steps = [...layers.values()].map((series) => series.axis('step'));
  const first = Math.min(...steps.map((column) => column[0]!));
  const last = Math.max(...steps.map((column) => column[column.length - 1]!));
  const columns = Math.max(1, Math.min(COLUMNS, ...steps.map((column) => column.length)));
  const width = (last - first || 1) / columns;
  const values = new Float64Array(names.length * columns);
  for (const [row, name] of names.entries()) {
    const means = columnMeans(layers.get(name)!, first, width, columns);
    values.set(logarithmic ? means.map(Math.log10) : means, row * columns);
  }
  return {
    xs: Array.from({ length: columns + 1 }, (_, k) => first + k * width),
    ys: Array.from({ length: names.length + 1 }, (_, k) => k),
    values: values.map((value) => (Number.isFinite(value) ? value : NaN)),
    range: rangeOf(values),
    rowNames: names,
  };
}

/** Means of what is finite in each stretch of `width` steps; NaN where nothing is. */
function columnMeans(series: SeriesColumns, first: number, width: number, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  const counts = new Float64Array(columns);
  const steps = series.axis('step');
  for (const [i, value] of series.values.entries()) {
    if (!Number.isFinite(value)) continue;
    const column = Math.min(columns - 1, Math.floor((steps[i]! - first) / width));
    sums[column]! += value;
    counts[column]! += 1;
  }
  return sums.map((sum, k) => sum / counts[k]!);
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}
