import { Chart, LinearScale, LineController, type Plugin, type Scale } from 'chart.js';
import { axisTicks } from '../axisTicks';
import type { JointHistogram } from '../../../src/protocol/events';
import { chartFrame, type ChartHost, type CursorMove } from '../chartFrame';
import { element } from '../dom';
import { formatCount, formatNumber } from '../format';
import type { Point } from '../lineOverlay';
import { onThemeChange, theme, withAlpha } from '../theme';
import { tip } from '../tip';
import { nearestCentroid, nearestRegions, type PlanePoint } from './nearestCentroid';

Chart.register(LineController, LinearScale);

export interface JointChart {
  readonly element: HTMLElement;
  setHistogram(histogram: JointHistogram): void;
  dispose(): void;
}

/** Rows that the table view shows at most; the CSV has all. */
const TABLE_ROWS = 500;
/** The unit in which codes are chosen. */
const UNIT = 'root mean square of x';
const COLUMNS: readonly string[] = [
  `u / ${UNIT}`,
  `v / ${UNIT}`,
  'weights',
  `centroid u / ${UNIT}`,
  `centroid v / ${UNIT}`,
];

interface Cell {
  readonly u: number;
  readonly v: number;
}

/**
 * How many weights have their factors at each place (u, v), and the centroids that stand for them: the
 * darker a cell, the more weights, by the square root of their number. Thin lines part what goes to
 * different centroids. Either axis goes as far as its factor does. The cursor goes from cell to cell by the four arrows.
 */
export function jointChart(host: ChartHost): JointChart {
  let joint: JointHistogram = { bins: 0, start: 0, width: 1, counts: [], centroids: [] };
  let regions: readonly (readonly PlanePoint[])[] = [];
  let most = 1;
  let cursor: Cell | undefined;

  const frame = chartFrame(
    {
      title: 'Both factors together',
      caption: 'Each weight is a pair (u, v), written as the centroid of the field that it falls into.',
      describe: () =>
        `Map of ${joint.bins} by ${joint.bins} cells over u and v, both in units of the ${UNIT}, with ` +
        `${joint.centroids.length} centroids.`,
      cursor: { move, moveAcross, clear: () => setCursor(undefined), readOut },
      table: () => {
        const rows = occupied().sort((a, b) => b[2]! - a[2]!);
        const note =
          rows.length > TABLE_ROWS && `The ${TABLE_ROWS} fullest cells. Save as CSV for all of them.`;
        return { columns: COLUMNS, rows: rows.slice(0, TABLE_ROWS), ...(note && { note }) };
      },
      csv: () => ({ header: COLUMNS, rows: occupied() }),
    },
    host,
  );
  frame.plot.classList.add('square');
  const fullest = element('span', {
    class: 'quiet',
    title: `u and v of x ≈ u + Qv, both in units of the ${UNIT}; each weight is coded by the centroid nearest to its pair`,
  });
  frame.legend.append(fullest);
  const box = tip(frame.plot);
  const chart = new Chart<'line', Point[]>(frame.canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [cells()],
    options: { responsive: true, maintainAspectRatio: false, parsing: false, events: [] },
  });
  frame.canvas.addEventListener('pointermove', (event) => setCursor(cellUnder(event)));
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));
  const forgetTheme = onThemeChange(render);

  function center(bin: number): number {
    return joint.start + (bin + 0.5) * joint.width;
  }

  function countOf({ u, v }: Cell): number {
    return joint.counts[u * joint.bins + v] ?? 0;
  }

  function centroidOf({ u, v }: Cell): PlanePoint | undefined {
    return joint.centroids[nearestCentroid([center(u), center(v)], joint.centroids)];
  }

  function occupied(): number[][] {
    return joint.counts.flatMap((count, i) => {
      if (count === 0) return [];
      const cell = { u: Math.floor(i / joint.bins), v: i % joint.bins };
      return [[center(cell.u), center(cell.v), count, ...(centroidOf(cell) ?? [])]];
    });
  }

  function cellUnder(event: MouseEvent): Cell | undefined {
    const { x, y } = chart.scales;
    if (!x || !y) return undefined;
    const bin = (scale: Scale, pixel: number) =>
      Math.floor(((scale.getValueForPixel(pixel) ?? NaN) - joint.start) / joint.width);
    const cell = { u: bin(x, event.offsetX), v: bin(y, event.offsetY) };
    const inside = [cell.u, cell.v].every((at) => at >= 0 && at < joint.bins);
    return inside ? cell : undefined;
  }

  function move(to: CursorMove): void {
    if (!cursor) {
      const i = joint.counts.indexOf(most);
      setCursor({ u: Math.floor(i / joint.bins), v: i % joint.bins });
      return;
    }
    const page = Math.max(1, Math.round(joint.bins / 8));
    const targets: Record<CursorMove, number> = {
      first: 0,
      last: joint.bins - 1,
      previous: cursor.u - 1,
      next: cursor.u + 1,
      'page back': cursor.u - page,
      'page forward': cursor.u + page,
    };
    setCursor({ u: within(targets[to]), v: cursor.v });
  }

  function moveAcross(to: 'up' | 'down'): void {
    if (cursor) setCursor({ u: cursor.u, v: within(cursor.v + (to === 'up' ? 1 : -1)) });
    else move('first');
  }

  function within(bin: number): number {
    return Math.min(joint.bins - 1, Math.max(0, bin));
  }

  function setCursor(cell: Cell | undefined): void {
    if (cell?.u === cursor?.u && cell?.v === cursor?.v) return;
    cursor = cell;
    chart.draw();
    showTip();
  }

  function readOut(): string {
    if (!cursor) return 'No values yet.';
    const centroid = centroidOf(cursor);
    const goes = centroid ? `; coded by (${centroid.map((c) => formatNumber(c, 3)).join(', ')})` : '';
    return `u ${formatNumber(center(cursor.u), 3)}, v ${formatNumber(center(cursor.v), 3)}: ${formatCount(countOf(cursor))} weights${goes}.`;
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    if (!cursor || !x || !y) {
      box.hide();
      return;
    }
    const centroid = centroidOf(cursor);
    const row = (name: string, value: string) => [
      element('td', { text: name }),
      element('td', { class: 'number', text: value }),
    ];
    box.show(
      `u ${formatNumber(center(cursor.u), 3)}, v ${formatNumber(center(cursor.v), 3)}`,
      [
        row('weights', formatCount(countOf(cursor))),
        ...(centroid ? [row('coded by', `(${centroid.map((c) => formatNumber(c, 3)).join(', ')})`)] : []),
      ],
      x.getPixelForValue(center(cursor.u)),
      y.getPixelForValue(center(cursor.v)) + 8,
    );
  }

  function render(): void {
    const { border } = theme();
    const axis = (factor: 'u' | 'v') => ({
      type: 'linear' as const,
      min: -reachOf(factor, joint),
      max: reachOf(factor, joint),
      title: { display: true, text: `${factor} / ${UNIT}` },
      grid: { display: false },
      border: { color: border },
      ticks: { ...axisTicks(), maxTicksLimit: 7 },
    });
    chart.options.scales = { x: axis('u'), y: axis('v') };
    chart.update('none');
    frame.refresh();
    showTip();
  }

  /** The cells behind, the borders between centroids, and the centroids over them. */
  function cells(): Plugin<'line'> {
    return {
      id: 'jointCells',
      beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
        const { x, y } = scales;
        if (!x || !y) return;
        const { series, foreground, background, focus } = theme();
        const color = series[0]!;
        const { bins, counts, start, width, centroids } = joint;
        const left = (bin: number) => Math.round(x.getPixelForValue(start + bin * width));
        const top = (bin: number) => Math.round(y.getPixelForValue(start + bin * width));
        pen.save();
        pen.beginPath();
        pen.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
        pen.clip();
        counts.forEach((count, i) => {
          if (count === 0) return;
          const u = Math.floor(i / bins);
          const v = i % bins;
          pen.fillStyle = withAlpha(color, 0.06 + 0.94 * Math.sqrt(count / most));
          pen.fillRect(left(u), top(v + 1), left(u + 1) - left(u), top(v) - top(v + 1));
        });
        pen.strokeStyle = withAlpha(foreground, 0.35);
        pen.lineWidth = 1;
        pen.beginPath();
        for (const region of regions) {
          region.forEach(([u, v], i) => {
            const to = [x.getPixelForValue(u), y.getPixelForValue(v)] as const;
            if (i === 0) pen.moveTo(...to);
            else pen.lineTo(...to);
          });
          pen.closePath();
        }
        pen.stroke();
        for (const [u, v] of centroids) {
          pen.beginPath();
          pen.arc(x.getPixelForValue(u), y.getPixelForValue(v), 3.5, 0, 2 * Math.PI);
          pen.fillStyle = background;
          pen.fill();
          pen.strokeStyle = foreground;
          pen.lineWidth = 1.5;
          pen.stroke();
        }
        if (cursor) {
          pen.strokeStyle = focus;
          pen.lineWidth = 2;
          const { u, v } = cursor;
          pen.strokeRect(left(u), top(v + 1), left(u + 1) - left(u), top(v) - top(v + 1));
        }
        pen.restore();
      },
    };
  }

  return {
    element: frame.element,
    setHistogram: (next) => {
      joint = next;
      most = Math.max(1, ...joint.counts);
      regions = nearestRegions(joint.centroids, -joint.start);
      cursor = undefined;
      fullest.textContent = `○ centroids · the fullest cell holds ${formatCount(most)} weights`;
      render();
    },
    dispose: () => {
      forgetTheme();
      chart.destroy();
      frame.element.remove();
    },
  };
}

/** How far from zero anything lies along one axis, up to the next quarter. */
function reachOf(factor: 'u' | 'v', { bins, start, width, counts, centroids }: JointHistogram): number {
  let reach = 0;
  counts.forEach((count, i) => {
    const bin = factor === 'u' ? Math.floor(i / bins) : i % bins;
    if (count > 0)
      reach = Math.max(reach, Math.abs(start + bin * width), Math.abs(start + (bin + 1) * width));
  });
  for (const [u, v] of centroids) reach = Math.max(reach, Math.abs(factor === 'u' ? u : v));
  return reach === 0 ? 1 : Math.ceil(4 * reach + 0.1) / 4;
}
