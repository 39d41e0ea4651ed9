import type { Plugin } from 'chart.js';
import { theme, withAlpha } from './theme';

/** A value that means something on the vertical axis: a line, or a band where it has an upper end. */
export interface Guide {
  readonly from: number;
  readonly to?: number;
  /** `healthy 0.75 to 0.8`. */
  readonly label: string;
  readonly kind: 'good' | 'bad';
}

/** Draws guides behind the lines of a chart, each with its label at the right edge. */
export function guidesPlugin(guides: readonly Guide[]): Plugin<'line'> {
  return {
    id: 'guides',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { y } = scales;
      if (!y) return;
      const { error, good, fontFamily, fontSize, muted } = theme();
      pen.save();
      pen.font = `${fontSize}px ${fontFamily}`;
      pen.textAlign = 'right';
      pen.lineWidth = 1;
      for (const { from, to = from, label, kind } of guides) {
        const bottom = y.getPixelForValue(from);
        const top = y.getPixelForValue(to);
        const color = kind === 'good' ? good : error;
        pen.fillStyle = withAlpha(color, 0.2);
        pen.fillRect(chartArea.left, top, chartArea.width, bottom - top);
        pen.strokeStyle = color;
        pen.setLineDash(to > from ? [] : [5, 4]);
        for (const edge of to > from ? [top, bottom] : [top]) {
          pen.beginPath();
          pen.moveTo(chartArea.left, Math.round(edge) + 0.5);
          pen.lineTo(chartArea.right, Math.round(edge) + 0.5);
          pen.stroke();
        }
        pen.fillStyle = muted;
        pen.textBaseline = 'bottom';
        pen.fillText(label, chartArea.right - 4, top - 3);
      }
      pen.restore();
    },
  };
}
