import type { Plugin } from 'chart.js';
import { formatNumber } from '../format';
import { theme } from '../theme';
import type { AxisScale } from './axisScale';

/** The upright axes of parallel coordinates with their names and marks, under the lines. */
export function axisOverlay(axes: () => readonly AxisScale[]): Plugin<'line'> {
  return {
    id: 'axisOverlay',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { border, foreground, muted, fontSize, fontFamily } = theme();
      pen.save();
      pen.font = `${fontSize}px ${fontFamily}`;
      axes().forEach((axis, k) => {
        const left = Math.round(x.getPixelForValue(k)) + 0.5;
        pen.strokeStyle = border;
        pen.beginPath();
        pen.moveTo(left, chartArea.top);
        pen.lineTo(left, chartArea.bottom);
        pen.stroke();
        pen.fillStyle = foreground;
        pen.textAlign = k === 0 ? 'left' : k === axes().length - 1 ? 'right' : 'center';
        pen.textBaseline = 'bottom';
        const titleLeft = k === axes().length - 1 ? left + 60 : k === 0 ? left - 8 : left;
        pen.fillText(axis.title, titleLeft, chartArea.top - 8);
        pen.fillStyle = muted;
        pen.textAlign = 'left';
        pen.textBaseline = 'middle';
        const written: number[] = [];
        for (const mark of endsFirst(axis.marks)) {
          const place = axis.place(mark);
          if (place === undefined) continue;
          const top = y.getPixelForValue(place);
          if (written.some((other) => Math.abs(other - top) < fontSize)) continue;
          written.push(top);
          const text = typeof mark === 'number' ? formatNumber(mark, 3) : String(mark);
          pen.fillText(text, left + 5, top);
        }
      });
      pen.restore();
    },
  };
}

/** Where marks are too near for all to be written, the ends are. */
function endsFirst<Mark>(marks: readonly Mark[]): readonly Mark[] {
  return marks.length < 3 ? marks : [marks[0]!, marks.at(-1)!, ...marks.slice(1, -1)];
}
