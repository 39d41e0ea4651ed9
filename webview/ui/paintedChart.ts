import { Chart, LinearScale, LineController, LogarithmicScale, type Plugin } from 'chart.js';
import type { Point } from './lineOverlay';

Chart.register(LineController, LinearScale, LogarithmicScale);

/** A chart of Chart.js that has its axes and no data of its own: what is between them, `painter` draws. */
export function paintedChart(canvas: HTMLCanvasElement, painter: Plugin<'line'>): Chart<'line', Point[]> {
  return new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [painter],
    options: {
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      events: [],
      layout: { padding: { top: 6, right: 12 } },
    },
  });
}
