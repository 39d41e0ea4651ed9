import type { ChartDataset } from 'chart.js';
import type { CurveColumn } from './curveColumn';
import { decimate } from './decimate';
import type { YScale } from './lineAxes';
import type { Point } from './lineOverlay';
import type { SeriesStyle } from './seriesStyle';
import { withAlpha } from './theme';
import type { Range, Trace } from './trace';

/** A trace with the look of its line. */
export interface Line extends Trace {
  readonly label: string;
  readonly style: SeriesStyle;
}

/** What of a line is drawn. */
export interface DrawnLine {
  readonly name: string;
  /** Of the line itself, or of its moving average where it is smoothed. */
  readonly points: readonly Point[];
  readonly style: SeriesStyle;
  readonly datasets: readonly ChartDataset<'line', Point[]>[];
}

/** The value as it stands on an axis; NaN where it has no place there. */
export function drawable(value: number, scale: YScale): number {
  return Number.isFinite(value) && value > floorOf(scale) ? value : Number.NaN;
}

/** The part of a line between two places, in so many columns of pixels. */
export function drawnLine(line: Line, [xMin, xMax]: Range, columns: number, scale: YScale): DrawnLine {
  const { name, xs, raw, smooth, style } = line;
  const pick = (curve: CurveColumn): Point[] => {
    const { values } = curve;
    const kept = decimate(xs, curve.pyramid(floorOf(scale)), xMin, xMax, columns);
    return kept.map((i) => ({ x: xs[i]!, y: drawable(values[i]!, scale) }));
  };
  const points = pick(smooth ?? raw);
  const { color } = style;
  const main = { data: points, borderWidth: 1.75, borderColor: color, borderDash: [...style.dash] };
  // The raw trace stays in sight under its mean.
  const under = smooth && { data: pick(raw), borderWidth: 1, borderColor: withAlpha(color, 0.4) };
  return { name, points, style, datasets: under ? [under, main] : [main] };
}

/** Only what is above this has a place on the vertical axis. */
function floorOf(scale: YScale): number {
  return scale === 'linear' ? -Infinity : 0;
}
