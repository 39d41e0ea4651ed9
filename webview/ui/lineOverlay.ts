import type { Plugin } from 'chart.js';
import { drawMarker, type SeriesStyle } from './seriesStyle';
import { theme, withAlpha } from './theme';

export interface Point {
  readonly x: number;
  /** NaN where the value has no place on the axis. */
  readonly y: number;
}

export interface OverlayState {
  readonly lines: readonly { readonly points: readonly Point[]; readonly style: SeriesStyle }[];
  readonly cursor: number | undefined;
  /** Where each line stands at the cursor. */
  readonly marks: readonly { readonly point: Point; readonly style: SeriesStyle }[];
}

/** Where at most so many samples are in sight, each gets its marker; else only the newest. */
const MARKED_SAMPLES = 40;

/** Draws, over the lines, their markers, crosses on the floor for values that have no place, and the cursor. */
export function lineOverlay(state: () => OverlayState): Plugin<'line'> {
  return {
    id: 'lineOverlay',
    afterDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { lines, cursor, marks } = state();
      pen.save();
      pen.beginPath();
      pen.rect(chartArea.left - 4, chartArea.top - 6, chartArea.width + 12, chartArea.height + 10);
      pen.clip();
      for (const { points, style } of lines) {
        const finite = points.filter((point) => !Number.isNaN(point.y));
        const marked = finite.length <= MARKED_SAMPLES ? finite : finite.slice(-1);
        pen.strokeStyle = pen.fillStyle = style.color;
        pen.lineWidth = 1;
        for (const point of marked) {
          drawMarker(pen, style.marker, x.getPixelForValue(point.x), y.getPixelForValue(point.y), 2.5);
        }
        pen.lineWidth = 1.5;
        for (const point of points) {
          if (Number.isNaN(point.y)) drawCross(pen, x.getPixelForValue(point.x), chartArea.bottom - 5);
        }
      }
      if (cursor !== undefined) drawCursor(pen, x.getPixelForValue(cursor), chartArea.top, chartArea.bottom);
      pen.lineWidth = 1.75;
      for (const { point, style } of marks) {
        if (Number.isNaN(point.y)) continue;
        pen.fillStyle = theme().background;
        pen.strokeStyle = style.color;
        drawMarker(pen, style.marker, x.getPixelForValue(point.x), y.getPixelForValue(point.y), 4);
      }
      pen.restore();
    },
  };
}

function drawCross(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.beginPath();
  pen.moveTo(x - 3, y - 3);
  pen.lineTo(x + 3, y + 3);
  pen.moveTo(x - 3, y + 3);
  pen.lineTo(x + 3, y - 3);
  pen.stroke();
}

/** A thin upright line at a place of a chart. */
export function drawCursor(pen: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  pen.strokeStyle = withAlpha(theme().foreground, 0.5);
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(Math.round(x) + 0.5, top);
  pen.lineTo(Math.round(x) + 0.5, bottom);
  pen.stroke();
}
