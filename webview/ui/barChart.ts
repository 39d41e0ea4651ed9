import { BarController, BarElement, Chart, LinearScale, type Plugin } from 'chart.js';
import { axisTicks } from './axisTicks';
import { chartFrame, type ChartHost, type CursorMove } from './chartFrame';
import { cursorPlace } from './cursorPlace';
import { element, setText } from './dom';
import { formatNumber, formatTick } from './format';
import { legend } from './legend';
import { drawCursor } from './lineOverlay';
import { oncePerFrame } from './oncePerFrame';
import { drawSample, seriesStyle } from './seriesStyle';
import { onThemeChange, theme, withAlpha } from './theme';
import { tip } from './tip';

Chart.register(BarController, BarElement, LinearScale);

/** Bars side by side on a horizontal axis of numbers. */
export interface Bars {
  /** Left edge of the first bar's place, and the width of every place. */
  readonly start: number;
  readonly width: number;
  /** What stands at each place: a tensor's name, a bin's range. */
  readonly names: readonly string[];
  /** As many values as names; NaN where there is none. */
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Upright lines on the axis, as a codebook's centroids. */
  readonly marks?: { readonly name: string; readonly places: readonly number[] };
  /** The place that is chosen. */
  readonly selected?: number | undefined;
}

export interface BarChartOptions {
  readonly title: string;
  readonly caption?: string;
  /** What a place is: `tensor`, `value`. */
  readonly placeName: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Share of its place that a bar fills, up to 1. */
  readonly fill: number;
  readonly formatValue?: (value: number) => string;
  /** True where places are things with names, and not ranges of numbers. */
  readonly namedPlaces?: boolean;
  readonly onSelect?: (place: number) => void;
}

export interface BarChart {
  readonly element: HTMLElement;
  setBars(bars: Bars): void;
  dispose(): void;
}

interface Bar {
  readonly x: number;
  readonly y: number;
}

/** A bar chart with a cursor, a table view and exports; it has no zoom. */
export function barChart(options: BarChartOptions, host: ChartHost): BarChart {
  const { title, formatValue = formatNumber, namedPlaces = false, onSelect } = options;
  let bars: Bars = { start: 0, width: 1, names: [], groups: [] };
  let cursor: number | undefined;
  let hidden: readonly string[] = [];

  const frame = chartFrame(
    {
      title,
      ...(options.caption !== undefined && { caption: options.caption }),
      describe: () =>
        `Bar chart of ${options.yTitle} over ${bars.names.length} places of ${options.xTitle}${describeMarks()}.`,
      cursor: { move: moveCursor, clear: () => setCursor(undefined), readOut },
      table: () => ({ columns: columns(), rows: rows() }),
      csv: () => ({ header: columns(), rows: rows() }),
    },
    host,
  );
  const box = tip(frame.plot);
  // Screen readers get the marks with the description of the chart.
  const marksName = element('span', { class: 'marks', attributes: { 'aria-hidden': 'true' } });
  frame.tools.append(marksName);
  const drawLegend = legend(frame.legend, (name) => {
    hidden = hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
    draw();
  });
  const chart = new Chart<'bar', Bar[]>(frame.canvas, {
    type: 'bar',
    data: { datasets: [] },
    plugins: [overlay()],
    options: {
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 6, right: 12 } },
    },
  });

  const placeUnder = (event: MouseEvent) => {
    const x = chart.scales['x']?.getValueForPixel(event.offsetX);
    const place = x === undefined ? -1 : Math.floor((x - bars.start) / bars.width);
    return place >= 0 && place < bars.names.length ? place : undefined;
  };
  frame.canvas.addEventListener('pointermove', (event) => setCursor(placeUnder(event)));
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));
  if (onSelect) {
    frame.canvas.classList.add('selectable');
    frame.canvas.addEventListener('click', (event) => {
      const place = placeUnder(event);
      if (place !== undefined) onSelect(place);
    });
    frame.canvas.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && cursor !== undefined) onSelect(cursor);
    });
  }

  const draw = oncePerFrame(render);
  const forgetTheme = onThemeChange(render);

  function columns(): readonly string[] {
    return [options.placeName, ...bars.groups.map((group) => group.name)];
  }

  function rows(): (string | number)[][] {
    return bars.names.map((name, i) => [name, ...bars.groups.map((group) => group.values[i]!)]);
  }

  function describeMarks(): string {
    if (!bars.marks) return '';
    return `; ${bars.marks.name} at ${bars.marks.places.map((place) => formatNumber(place, 3)).join(', ')}`;
  }

  function render(): void {
    const { grid, border, highContrast } = theme();
    const { start, width, names } = bars;
    chart.data.datasets = bars.groups.flatMap((group, k) => {
      if (hidden.includes(group.name)) return [];
      const { color } = seriesStyle(k);
      return [
        {
          label: group.name,
          data: group.values.map((y, i) => ({
            x: start + (i + 0.5) * width,
            y: Number.isFinite(y) ? y : Number.NaN,
          })),
          backgroundColor: highContrast ? color : withAlpha(color, 0.75),
          barPercentage: 1,
          categoryPercentage: options.fill,
        },
      ];
    });
    chart.options.scales = {
      x: {
        type: 'linear',
        offset: false,
        min: start,
        max: start + Math.max(1, names.length) * width,
        title: { display: true, text: options.xTitle },
        grid: { display: false },
        border: { color: border },
        ticks: {
          ...axisTicks(),
          autoSkipPadding: 24,
          // Names of tensors are too long for an axis: the cursor tells them.
          display: !namedPlaces && names.length > 0,
          // Bars are no wider than ticks are apart: between places of names there are none.
          ...(namedPlaces && { precision: 0 }),
        },
      },
      y: {
        type: 'linear',
        beginAtZero: true,
        title: { display: true, text: options.yTitle },
        grid: { color: grid, drawTicks: false },
        border: { display: false },
        ticks: { padding: 8, maxTicksLimit: 6, callback: (value) => formatTick(Number(value)) },
      },
    };
    chart.update('none');
    frame.refresh();
    drawLegend(
      bars.groups.length < 2
        ? []
        : bars.groups.map((group, k) => ({
            name: group.name,
            style: seriesStyle(k),
            filled: true,
            on: !hidden.includes(group.name),
          })),
    );
    showTip();
  }

  function moveCursor(to: CursorMove): void {
    const last = bars.names.length - 1;
    setCursor(last < 0 ? undefined : cursorPlace(to, cursor, last));
  }

  function setCursor(place: number | undefined): void {
    if (place === cursor) return;
    cursor = place;
    chart.draw();
    showTip();
  }

  function readOut(): string {
    if (cursor === undefined) return 'No values yet.';
    const at = cursor;
    const values = bars.groups.map((group) => {
      const name = bars.groups.length > 1 ? `${group.name} ` : '';
      return `${name}${formatValue(group.values[at]!)}`;
    });
    return `${bars.names[at]!}: ${values.join('; ')}.`;
  }

  function showTip(): void {
    const x = chart.scales['x'];
    if (cursor === undefined || !x || cursor >= bars.names.length) {
      box.hide();
      return;
    }
    const at = cursor;
    const lines = bars.groups.map((group, k) => [
      element('td', {}, drawSample(seriesStyle(k), true)),
      element('td', { text: bars.groups.length > 1 ? group.name : options.yTitle }),
      element('td', { class: 'number', text: formatValue(group.values[at]!) }),
    ]);
    box.show(
      bars.names[at]!,
      lines,
      x.getPixelForValue(bars.start + (at + 0.5) * bars.width),
      chart.chartArea.top + 4,
    );
  }

  /** The chosen place behind the bars; cursor and marks over them. */
  function overlay(): Plugin<'bar'> {
    return {
      id: 'barOverlay',
      beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
        const x = scales['x'];
        if (!x || bars.selected === undefined) return;
        const left = x.getPixelForValue(bars.start + bars.selected * bars.width);
        const right = x.getPixelForValue(bars.start + (bars.selected + 1) * bars.width);
        pen.fillStyle = withAlpha(theme().focus, 0.3);
        const extra = Math.max(0, 3 - (right - left) / 2);
        pen.fillRect(left - extra, chartArea.top, right - left + 2 * extra, chartArea.height);
      },
      afterDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
        const x = scales['x'];
        if (!x) return;
        pen.save();
        pen.strokeStyle = pen.fillStyle = theme().foreground;
        pen.lineWidth = 1.5;
        for (const place of bars.marks?.places ?? []) {
          const at = x.getPixelForValue(place);
          if (at < chartArea.left - 1 || at > chartArea.right + 1) continue;
          pen.setLineDash([3, 3]);
          pen.beginPath();
          pen.moveTo(at, chartArea.top + 2);
          pen.lineTo(at, chartArea.bottom);
          pen.stroke();
          pen.beginPath();
          pen.moveTo(at - 4, chartArea.top - 4);
          pen.lineTo(at + 4, chartArea.top - 4);
          pen.lineTo(at, chartArea.top + 2);
          pen.fill();
        }
        pen.setLineDash([]);
        if (cursor !== undefined) {
          const at = x.getPixelForValue(bars.start + (cursor + 0.5) * bars.width);
          drawCursor(pen, at, chartArea.top, chartArea.bottom);
        }
        pen.restore();
      },
    };
  }

  return {
    element: frame.element,
    setBars: (next) => {
      bars = next;
      setText(marksName, bars.marks ? `▼ ${bars.marks.name}` : '');
      if (cursor !== undefined && cursor >= bars.names.length) cursor = undefined;
      draw();
    },
    dispose: () => {
      forgetTheme();
      chart.destroy();
      frame.element.remove();
    },
  };
}
