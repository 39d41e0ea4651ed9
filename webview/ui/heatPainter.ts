import type { Plugin, Scale } from 'chart.js';
import { heatColors } from './heatColors';
import {
  columnsOf,
  rowsOf,
  valueAt,
  type Cell,
  type HeatMapData,
  type HeatMapLine,
  type HeatMapMark,
} from './heatMapData';
import { theme } from './theme';

/** Draws cells between the axes of a chart, lines and marks over them, and the cell at the cursor. */
export function heatPainter(
  state: () => { readonly data: HeatMapData; readonly cursor: Cell | undefined },
): Plugin<'line'> {
  return {
    id: 'heat',
    beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const { data, cursor } = state();
      const lefts = data.xs.map((edge) => Math.round(x.getPixelForValue(edge)));
      const bottoms = data.ys.map((edge) => Math.round(y.getPixelForValue(edge)));
      const rectangle = ({ column, row }: Cell) =>
        [
          lefts[column]!,
          bottoms[row + 1]!,
          lefts[column + 1]! - lefts[column]!,
          bottoms[row]! - bottoms[row + 1]!,
        ] as const;
      const colorOf = heatColors(data.range, data.limit);
      pen.save();
      pen.beginPath();
      pen.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      pen.clip();
      for (let row = 0; row < rowsOf(data); row++) {
        for (let column = 0; column < columnsOf(data); column++) {
          const color = colorOf(valueAt(data, { column, row }));
          if (color === undefined) continue;
          pen.fillStyle = color;
          pen.fillRect(...rectangle({ column, row }));
        }
      }
      for (const line of data.lines ?? []) drawLine(pen, line, x, y);
      for (const mark of data.marks ?? []) drawMark(pen, mark, x, y, chartArea.right);
      if (cursor) {
        pen.strokeStyle = theme().focus;
        pen.lineWidth = 2;
        pen.strokeRect(...rectangle(cursor));
      }
      pen.restore();
    },
  };
}

function drawLine(pen: CanvasRenderingContext2D, { points }: HeatMapLine, x: Scale, y: Scale): void {
  pen.strokeStyle = theme().foreground;
  pen.lineWidth = 1.5;
  pen.setLineDash([6, 3]);
  pen.beginPath();
  for (const [px, py] of points) pen.lineTo(x.getPixelForValue(px), y.getPixelForValue(py));
  pen.stroke();
  pen.setLineDash([]);
}

/** A ring with its name, on the side where there is room, on a ground that keeps it legible. */
function drawMark(
  pen: CanvasRenderingContext2D,
  { name, x: px, y: py }: HeatMapMark,
  x: Scale,
  y: Scale,
  right: number,
): void {
  const { background, foreground, fontFamily, fontSize } = theme();
  const [left, top] = [x.getPixelForValue(px), y.getPixelForValue(py)];
  pen.font = `${fontSize}px ${fontFamily}`;
  const { width } = pen.measureText(name);
  const start = left + 10 + width > right ? left - 10 - width : left + 10;
  pen.fillStyle = background;
  pen.fillRect(start - 2, top - fontSize / 2 - 3, width + 4, fontSize + 6);
  pen.beginPath();
  pen.arc(left, top, 5, 0, 2 * Math.PI);
  pen.fill();
  pen.strokeStyle = pen.fillStyle = foreground;
  pen.lineWidth = 2;
  pen.stroke();
  pen.textBaseline = 'middle';
  pen.fillText(name, start, top);
}
