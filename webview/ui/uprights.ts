import type { Plugin } from 'chart.js';
import { LabelRows } from './labelRows';
import { theme, withAlpha } from './theme';

/** A place on the horizontal axis that means something. */
export interface Upright {
  readonly place: number;
  /** `α_c 0.42`. */
  readonly label: string;
}

/** Draws upright lines over a chart, each with its label in the first row where no other label is in its way. */
export function uprightsPlugin(uprights: () => readonly Upright[]): Plugin<'line'> {
  return {
    id: 'uprights',
    afterDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { x } = scales;
      if (!x) return;
      const { background, foreground, fontFamily, fontSize } = theme();
      pen.save();
      pen.font = `${fontSize}px ${fontFamily}`;
      pen.textBaseline = 'top';
      pen.lineWidth = 1;
      const inSight = uprights().filter(({ place }) => place >= x.min && place <= x.max);
      const rows = new LabelRows();
      for (const { place, label } of inSight.sort((a, b) => a.place - b.place)) {
        const left = Math.round(x.getPixelForValue(place)) + 0.5;
        pen.strokeStyle = withAlpha(foreground, 0.7);
        pen.setLineDash([3, 3]);
        pen.beginPath();
        pen.moveTo(left, chartArea.top);
        pen.lineTo(left, chartArea.bottom);
        pen.stroke();
        const { width } = pen.measureText(label);
        const start = left + 4 + width > chartArea.right ? left - 4 - width : left + 4;
        const row = rows.take(start - 4, start + width + 4);
        const top = chartArea.top + 2 + row * (fontSize + 4);
        pen.fillStyle = withAlpha(background, 0.8);
        pen.fillRect(start - 2, top - 1, width + 4, fontSize + 3);
        pen.fillStyle = foreground;
        pen.fillText(label, start, top);
      }
      pen.restore();
    },
  };
}
