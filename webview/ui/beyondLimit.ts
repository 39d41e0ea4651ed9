import type { Plugin } from 'chart.js';
import type { Point } from './lineOverlay';
import { theme, withAlpha } from './theme';

/** Shades what lies above a line of limits, from its first point to the right edge. */
export function beyondLimit(limit: () => readonly Point[]): Plugin<'line'> {
  return {
    id: 'beyondLimit',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { x, y } = scales;
      const points = limit().filter((point) => !Number.isNaN(point.y));
      const [first] = points;
      const last = points.at(-1);
      if (!x || !y || !first || !last) return;
      pen.save();
      pen.beginPath();
      pen.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      pen.clip();
      pen.fillStyle = withAlpha(theme().error, 0.12);
      pen.beginPath();
      pen.moveTo(x.getPixelForValue(first.x), chartArea.top);
      for (const point of points) pen.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.y));
      pen.lineTo(chartArea.right, y.getPixelForValue(last.y));
      pen.lineTo(chartArea.right, chartArea.top);
      pen.closePath();
      pen.fill();
      pen.restore();
    },
  };
}
