import type { Plugin } from 'chart.js';
import { theme, withAlpha } from './theme';

/** A value that means something on the vertical axis: a line, or a band where it has an upper end. */
export interface Guide {
  readonly from: number;
  readonly to?: number;
  /** `healthy 0.75 to 0.8`. */
  readonly label: string;
  /** `plain` where it parts, and neither side is good or bad in itself. */
  readonly kind: 'good' | 'bad' | 'plain';
  /** Where the label stands; `right` where absent. */
  readonly side?: 'left' | 'right';
}

/** Draws guides behind the lines of a chart, each with its label at an edge. */
export function guidesPlugin(guides: readonly Guide[]): Plugin<'line'> {
  return {
    id: 'guides',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { y } = scales;
      if (!y) return;
      pen.save();
      pen.lineWidth = 1;
      for (const { from, to = from, kind } of guides) {
        const bottom = y.getPixelForValue(from);
        const top = y.getPixelForValue(to);
        const color = colorOf(kind);
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
      }
      pen.restore();
    },
    // Names stand over the lines, on a ground that keeps them legible.
    afterDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { y } = scales;
      if (!y) return;
      const { background, fontFamily, fontSize, muted } = theme();
      pen.save();
      pen.font = `${fontSize}px ${fontFamily}`;
      pen.textBaseline = 'bottom';
      for (const { from, to = from, label, side = 'right' } of guides) {
        const bottom = y.getPixelForValue(to) - 3;
        const { width } = pen.measureText(label);
        const left = side === 'left' ? chartArea.left + 4 : chartArea.right - 4 - width;
        pen.fillStyle = withAlpha(background, 0.75);
        pen.fillRect(left - 3, bottom - fontSize - 1, width + 6, fontSize + 2);
        pen.fillStyle = muted;
        pen.fillText(label, left, bottom);
      }
      pen.restore();
    },
  };
}

function colorOf(kind: Guide['kind']): string {
  const { error, good, foreground } = theme();
  return { good, bad: error, plain: foreground }[kind];
}
