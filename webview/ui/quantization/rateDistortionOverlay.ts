import type { Plugin, Scale } from 'chart.js';
import { drawMarker } from '../seriesStyle';
import { theme, withAlpha } from '../theme';
import type { Curve, Mark } from './curves';
import { shannonLimit, type Place } from './equalBits';
import { methodStyle } from './methodStyle';

export interface RateDistortionDrawing {
  readonly curves: readonly Curve[];
  /** Where a place stands on the vertical axis. */
  readonly height: (place: Place) => number;
  readonly cursor: Mark | undefined;
  readonly limitName: string;
  /** The side of the limit on which no code for Gaussian weights can stand. */
  readonly forbidden: 'above' | 'below';
}

/** Pieces that the limit is drawn in: it is straight on every axis, but a logarithm starts above zero. */
const PIECES = 32;
/** Where along the limit its name stands. */
const NAME_AT = 0.62;

/** Shannon's limit with its forbidden side under the curves; the marks, the chosen ones with a ring, over them. */
export function rateDistortionOverlay(drawing: () => RateDistortionDrawing): Plugin<'line'> {
  return {
    id: 'rateDistortionOverlay',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { height, forbidden, limitName } = drawing();
      const line = limitLine(x, y, height);
      pen.save();
      pen.beginPath();
      pen.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      pen.clip();
      const edge = forbidden === 'above' ? chartArea.top : chartArea.bottom;
      pen.beginPath();
      pen.moveTo(line[0]!.left, edge);
      for (const { left, top } of line) pen.lineTo(left, top);
      pen.lineTo(line.at(-1)!.left, edge);
      pen.fillStyle = withAlpha(theme().foreground, 0.05);
      pen.fill();
      pen.beginPath();
      for (const { left, top } of line) pen.lineTo(left, top);
      pen.strokeStyle = theme().foreground;
      pen.lineWidth = 1;
      pen.setLineDash([6, 3]);
      pen.stroke();
      const at = line[Math.round(NAME_AT * PIECES)]!;
      pen.fillStyle = theme().foreground;
      pen.font = `${theme().fontSize}px ${theme().fontFamily}`;
      pen.textAlign = 'right';
      pen.textBaseline = forbidden === 'above' ? 'bottom' : 'top';
      pen.fillText(limitName, at.left - 6, at.top + (forbidden === 'above' ? -3 : 3));
      pen.restore();
    },
    afterDatasetsDraw: ({ ctx: pen, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { curves, height, cursor } = drawing();
      const place = (mark: Mark) =>
        [x.getPixelForValue(mark.bits), y.getPixelForValue(height(mark))] as const;
      pen.save();
      // The best method is drawn last, and the chosen mark over all.
      for (const mark of [...curves].reverse().flatMap(({ marks }) => marks)) {
        if (!mark.chosen) drawMark(pen, mark, ...place(mark), 3.5);
      }
      for (const mark of curves.flatMap(({ marks }) => marks)) {
        if (!mark.chosen) continue;
        const [left, top] = place(mark);
        pen.strokeStyle = theme().foreground;
        pen.lineWidth = 1.5;
        pen.beginPath();
        pen.arc(left, top, 10, 0, 2 * Math.PI);
        pen.stroke();
        drawMark(pen, mark, left, top, 5.5);
      }
      if (cursor) {
        const [left, top] = place(cursor);
        pen.strokeStyle = theme().focus;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.arc(left, top, cursor.chosen ? 13 : 8, 0, 2 * Math.PI);
        pen.stroke();
      }
      pen.restore();
    },
  };
}

function limitLine(x: Scale, y: Scale, height: (place: Place) => number) {
  return Array.from({ length: PIECES + 1 }, (_, k) => {
    const bits = x.min + (k / PIECES) * (x.max - x.min);
    const top = y.getPixelForValue(height({ bits, snrDb: shannonLimit(bits) }));
    return { left: x.getPixelForValue(bits), top };
  });
}

function drawMark(
  pen: CanvasRenderingContext2D,
  mark: Mark,
  left: number,
  top: number,
  radius: number,
): void {
  const { color, marker, hollow } = methodStyle(mark.method);
  pen.strokeStyle = color;
  pen.fillStyle = hollow ? theme().background : color;
  pen.lineWidth = 1.5;
  drawMarker(pen, marker, left, top, radius);
}
