import type { Plugin } from 'chart.js';
import { drawMarker, type SeriesStyle } from '../seriesStyle';
import { theme } from '../theme';
import type { FigureCurve, FigureMark } from './figureCurves';

export interface FigureDrawing {
  readonly curves: readonly FigureCurve[];
  readonly originals: readonly FigureMark[];
  readonly style: (curve: string) => SeriesStyle;
  readonly cursor: FigureMark | undefined;
}

/** Lines of what was not quantized under the curves, marks and the cursor over them. */
export function figureOverlay(drawing: () => FigureDrawing): Plugin<'line'> {
  return {
    id: 'figureOverlay',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { y } = scales;
      if (!y) return;
      pen.save();
      pen.strokeStyle = theme().foreground;
      pen.fillStyle = theme().foreground;
      pen.font = `${theme().fontSize}px ${theme().fontFamily}`;
      pen.textAlign = 'right';
      pen.textBaseline = 'bottom';
      pen.setLineDash([6, 3]);
      for (const { curve, value } of drawing().originals) {
        const top = y.getPixelForValue(value);
        pen.beginPath();
        pen.moveTo(chartArea.left, top);
        pen.lineTo(chartArea.right, top);
        pen.stroke();
        pen.fillText(curve, chartArea.right - 6, top - 3);
      }
      pen.restore();
    },
    afterDatasetsDraw: ({ ctx: pen, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { curves, cursor, style } = drawing();
      pen.save();
      for (const { name, marks } of [...curves].reverse()) {
        const { color, marker, hollow } = style(name);
        pen.strokeStyle = color;
        pen.fillStyle = hollow ? theme().background : color;
        pen.lineWidth = 1.5;
        for (const { bits, value } of marks) {
          drawMarker(pen, marker, x.getPixelForValue(bits), y.getPixelForValue(value), 3.5);
        }
      }
      if (cursor) {
        pen.strokeStyle = theme().focus;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.arc(x.getPixelForValue(cursor.bits), y.getPixelForValue(cursor.value), 8, 0, 2 * Math.PI);
        pen.stroke();
      }
      pen.restore();
    },
  };
}
