import {
  Chart,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
  type ChartDataset,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { beyondLimit } from './beyondLimit';
import { chartFrame, type ChartHost, type CursorMove } from './chartFrame';
import { segments } from './controls';
import type { CurveColumn } from './curveColumn';
import { decimate } from './decimate';
import { element } from './dom';
import { formatClock, formatCount, formatDuration, formatNumber, formatTick } from './format';
import { guidesPlugin, type Guide } from './guides';
import { legend } from './legend';
import { lineOverlay, type Point } from './lineOverlay';
import { oncePerFrame } from './oncePerFrame';
import { X_AXES, type SeriesColumns, type XAxis } from './seriesColumns';
import { mergedRows } from './seriesRows';
import { drawSample, seriesStyle, type SeriesStyle } from './seriesStyle';
import { uprightsPlugin, type Upright } from './uprights';
import { onThemeChange, theme, withAlpha } from './theme';
import { tip } from './tip';
import {
  extent,
  nearestPlace,
  nextPlace,
  previousPlace,
  readingsAt,
  traceOf,
  type Range,
  type Trace,
} from './trace';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, zoomPlugin);

export type YScale = 'linear' | 'logarithmic';

/** What a person set in a chart; the webview keeps it over reloads. */
export interface LineChartView {
  readonly scale: YScale;
  /** The zoomed part of the axes; absent where all is shown. */
  readonly x?: Range;
  readonly y?: Range;
  /** Names of series that are switched off. */
  readonly hidden: readonly string[];
}

export interface LineChartOptions {
  readonly title: string;
  readonly view: LineChartView;
  readonly xAxis: XAxis;
  /** What a step is called. */
  readonly stepName?: string;
  /** Steps are all that the samples have: neither epochs nor times are shown. */
  readonly stepsAlone?: boolean;
  /** Of the horizontal axis; linear where absent. */
  readonly xScale?: YScale;
  /** Places on the horizontal axis that mean something. */
  readonly uprights?: () => readonly Upright[];
  /** Values that mean something, drawn behind the lines and always in sight. */
  readonly guides?: readonly Guide[];
  /** Name of a series that others should not pass: what lies above it is shaded. */
  readonly limit?: string;
  /** The hover of the title, and what is said beside it: see {@link ChartParts}. */
  readonly hover?: () => string;
  readonly note?: () => string | undefined;
  /** Where the vertical axis starts and ends at least; it is linear then, without a choice. */
  readonly yRange?: Range;
  /** Where the vertical axis ends at most, until it is zoomed. */
  readonly ceiling?: number;
  /** Weight of the moving average, from 0 to below 1. */
  readonly smoothing: number;
  /** Name of a series for people. */
  readonly label?: (name: string) => string;
  readonly onView?: (view: LineChartView) => void;
}

export interface LineChart {
  readonly element: HTMLElement;
  /** The series to draw from now on; they may grow, then call {@link LineChart.refresh}. */
  setSeries(series: readonly SeriesColumns[]): void;
  refresh(): void;
  setXAxis(axis: XAxis): void;
  setSmoothing(weight: number): void;
  /** The places that the axis reaches from and to where it is not zoomed: those of other charts, too. */
  setExtent(range: Range): void;
  /** Shows this part of the horizontal axis; all of it where absent. */
  setXRange(range: Range | undefined): void;
  dispose(): void;
}

/** Room for the labels of the vertical axis, in pixels. */
const Y_AXIS_WIDTH = 52;
/** Rows that the table view shows at most; the CSV has all. */
const TABLE_ROWS = 500;

interface DrawnLine {
  readonly name: string;
  readonly points: readonly Point[];
  readonly style: SeriesStyle;
}

interface Line extends Trace {
  readonly label: string;
  readonly style: SeriesStyle;
}

/**
 * Curves over steps, epochs or time. However long the series, at most five samples a pixel column and
 * series are drawn, and none of its peaks is lost. Smoothing draws a second line over the raw one. Drag
 * zooms into a rectangle, Shift-drag moves, Ctrl- or ⌘-wheel and pinch zoom, a double click shows all;
 * what is zoomed keeps growing with the run.
 */
export function lineChart(options: LineChartOptions, host: ChartHost): LineChart {
  const { title, label = (name: string) => name, stepName = 'step', guides = [], yRange } = options;
  const uprights = options.uprights ?? (() => []);
  let { view, xAxis, smoothing } = options;
  let series: readonly SeriesColumns[] = [];
  let lines: readonly Line[] = [];
  let drawn: readonly DrawnLine[] = [];
  let cursor: number | undefined;
  let common: Range | undefined;
  const axes: readonly XAxis[] = options.stepsAlone ? ['step'] : X_AXES;

  const frame = chartFrame(
    {
      title,
      ...(options.hover && { hover: options.hover }),
      ...(options.note && { note: options.note }),
      describe: () => {
        const samples = series.reduce((sum, s) => sum + s.length, 0);
        const names = lines.map((line) => line.label).join(', ') || 'nothing yet';
        const meaning = [...guides, ...uprights()].map((guide) => `; ${guide.label}`).join('');
        return `Line chart of ${names} over ${axisName()}, ${formatCount(samples)} values${meaning}.`;
      },
      cursor: { move: moveCursor, clear: () => setCursor(undefined), readOut },
      table: () => tableOf(series, axes, [stepName, 'epoch', 'seconds'], lines),
      csv: () => ({
        header: [...['step', 'epoch', 'seconds'].slice(0, axes.length), ...series.map((s) => s.name)],
        rows: csvRows(series, axes),
      }),
      zoom: zoomAbout,
      resetZoom: () => setRanges(undefined, undefined),
    },
    host,
  );
  const box = tip(frame.plot);
  const drawLegend = legend(frame.legend, (text) => {
    const name = lines.find((line) => line.label === text)?.name ?? text;
    const hidden = view.hidden.includes(name)
      ? view.hidden.filter((other) => other !== name)
      : [...view.hidden, name];
    setView({ ...view, hidden });
  });
  if (!yRange) {
    frame.tools.append(
      segments<YScale>(
        `Vertical scale of ${title}`,
        [
          { value: 'linear', label: 'Linear' },
          { value: 'logarithmic', label: 'Log' },
        ],
        view.scale,
        // A range of the linear axis may reach below zero, where the logarithm has nothing to show.
        (scale) => setView({ ...view, scale, y: undefined }),
      ).element,
    );
  }

  let gesture: 'wheel' | 'drag' = 'drag';
  const chart = new Chart<'line', Point[]>(frame.canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [
      guidesPlugin(guides),
      uprightsPlugin(uprights),
      beyondLimit(() => drawn.find(({ name }) => name === options.limit)?.points ?? []),
      lineOverlay(() => ({
        lines: drawn,
        cursor,
        marks: readings().map(({ trace, x, value, smooth }) => ({
          point: { x, y: drawable(smooth ?? value) },
          style: styleOf(trace),
        })),
      })),
    ],
    options: {
      // It takes its size when it draws. By itself it would measure the page in the task that builds it.
      responsive: false,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 6, right: 12 } },
      elements: { point: { radius: 0 }, line: { tension: 0 } },
      plugins: {
        zoom: {
          zoom: {
            mode: () => (gesture === 'wheel' ? 'x' : 'xy'),
            wheel: { enabled: true, speed: 0.15 },
            pinch: { enabled: true },
            drag: { enabled: true, threshold: 6, borderWidth: 1 },
            onZoomStart: ({ event }) => {
              gesture = event instanceof WheelEvent ? 'wheel' : 'drag';
              // A bare wheel scrolls the page; a pinch arrives as a wheel with Ctrl.
              return !(event instanceof WheelEvent) || event.ctrlKey || event.metaKey;
            },
            onZoom: () => takeRanges(gesture === 'drag'),
          },
          pan: { enabled: true, mode: 'x', modifierKey: 'shift', onPan: () => takeRanges(false) },
        },
      },
    },
  });

  frame.canvas.addEventListener('dblclick', () => setRanges(undefined, undefined));
  frame.canvas.addEventListener('pointermove', (event) => {
    const x = chart.scales['x'];
    const { left, right } = chart.chartArea;
    const inside = event.buttons === 0 && event.offsetX >= left - 4 && event.offsetX <= right + 4;
    const place = inside ? x?.getValueForPixel(event.offsetX) : undefined;
    setCursor(place === undefined ? undefined : nearestPlace(shown(), place));
  });
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));

  const draw = oncePerFrame(render);
  const forgetTheme = onThemeChange(render);
  let isSeen = false;
  const watchSize = new ResizeObserver(([entry]) => {
    isSeen = entry!.contentRect.width > 0;
    draw();
  });
  watchSize.observe(frame.element);

  function axisName(): string {
    return xAxis === 'step' ? stepName : xAxis;
  }

  function formatPlace(x: number): string {
    if (xAxis === 'time') return formatDuration(x);
    return `${axisName()} ${xAxis === 'step' && Number.isInteger(x) ? formatCount(x) : formatTick(x)}`;
  }

  /** Only what is above this has a place on the vertical axis. */
  function floor(): number {
    return view.scale === 'linear' ? -Infinity : 0;
  }

  function drawable(value: number): number {
    return Number.isFinite(value) && value > floor() ? value : Number.NaN;
  }

  function shown(): readonly Line[] {
    return lines.filter((line) => !view.hidden.includes(line.name));
  }

  /** What the horizontal axis shows where it is not zoomed. */
  function whole(): Range {
    return common ?? extent(shown());
  }

  function styleOf(trace: Trace): SeriesStyle {
    return lines.find((line) => line.name === trace.name)!.style;
  }

  function readings() {
    return cursor === undefined ? [] : readingsAt(shown(), cursor);
  }

  function labelOf(trace: Trace): string {
    return label(trace.name);
  }

  function setView(next: Omit<LineChartView, 'y'> & { readonly y?: Range | undefined }): void {
    const { y, ...rest } = next;
    view = { ...rest, ...(y && { y }) };
    options.onView?.(view);
    draw();
  }

  /** Takes over the part of the axes that a gesture left in sight. */
  function takeRanges(vertical: boolean): void {
    const { x, y } = chart.scales;
    if (x && y) setRanges([x.min, x.max], vertical ? [y.min, y.max] : view.y);
  }

  function setRanges(x: Range | undefined, y: Range | undefined): void {
    const { scale, hidden } = view;
    const [first, last] = whole();
    const min = Math.max(x?.[0] ?? first, first);
    const max = Math.min(x?.[1] ?? last, last);
    const all = min <= first && max >= last;
    setView({ scale, hidden, ...(!all && min < max && { x: [min, max] }), y });
  }

  function zoomAbout(factor: number): void {
    const [min, max] = view.x ?? whole();
    const middle = cursor ?? (min + max) / 2;
    setRanges([middle - (middle - min) / factor, middle + (max - middle) / factor], view.y);
  }

  function buildLines(): void {
    lines = series.map((source, k) => ({
      ...traceOf(source, xAxis, smoothing),
      label: label(source.name),
      style: seriesStyle(source.stroke ?? k),
    }));
  }

  function render(): void {
    // What cannot be seen is drawn when it comes into sight, as its size changes then.
    if (!isSeen) return;
    chart.resize();
    buildLines();
    const [xMin, xMax] = view.x ?? whole();
    const columns = Math.max(50, Math.round(frame.canvas.clientWidth));
    const datasets: ChartDataset<'line', Point[]>[] = [];
    const main: DrawnLine[] = [];
    for (const { name, xs, raw, smooth, style } of shown()) {
      const pick = (curve: CurveColumn) => {
        const { values } = curve;
        const places = decimate(xs, curve.pyramid(floor()), xMin, xMax, columns);
        return places.map((i) => ({ x: xs[i]!, y: drawable(values[i]!) }));
      };
      const points = pick(smooth ?? raw);
      main.push({ name, points, style });
      // The raw trace stays in sight under its mean.
      if (smooth)
        datasets.push({ data: pick(raw), borderWidth: 1, borderColor: withAlpha(style.color, 0.4) });
      datasets.push({
        data: points,
        borderWidth: 1.75,
        borderColor: style.color,
        borderDash: [...style.dash],
      });
    }
    drawn = main;
    chart.data.datasets = datasets;
    chart.options.scales = scales();
    const drag = chart.options.plugins?.zoom?.zoom?.drag;
    if (drag) {
      drag.backgroundColor = withAlpha(theme().focus, 0.2);
      drag.borderColor = theme().focus;
    }
    chart.update('none');
    frame.setZoomed(view.x !== undefined || view.y !== undefined);
    frame.refresh();
    drawLegend(
      lines.map((line) => ({
        name: line.label,
        style: line.style,
        on: !view.hidden.includes(line.name),
        ...(line.xs.length > 0 && { last: formatNumber(line.raw.values[line.xs.length - 1]!) }),
      })),
    );
    showTip();
  }

  function scales() {
    const { grid, border } = theme();
    const [min, max] = view.x ?? whole();
    return {
      x: {
        type: options.xScale ?? ('linear' as const),
        min,
        max: max > min ? max : min + 1,
        title: { display: true, text: xAxis === 'time' ? 'time since the start' : axisName() },
        grid: { color: grid, drawTicks: false },
        border: { color: border },
        ticks: {
          padding: 6,
          maxRotation: 0,
          autoSkipPadding: 24,
          includeBounds: false,
          callback: (value: number | string) => formatXTick(Number(value)),
        },
      },
      y: {
        type: view.scale,
        ...reach(),
        ...(options.ceiling !== undefined && { max: options.ceiling }),
        ...(view.y && { min: view.y[0], max: view.y[1] }),
        grid: { color: grid, drawTicks: false },
        border: { display: false },
        // Charts above each other keep their left edges in line.
        afterFit: (axis: { width: number }) => {
          axis.width = Math.max(axis.width, Y_AXIS_WIDTH);
        },
        ticks: {
          padding: 8,
          maxTicksLimit: 7,
          callback: (value: number | string) => formatTick(Number(value)),
        },
      },
    };
  }

  /** What the vertical axis has in sight at least: its range, and every guide that has a place on it. */
  function reach(): { suggestedMin?: number; suggestedMax?: number } {
    const places = [...(yRange ?? []), ...guides.flatMap(({ from, to = from }) => [from, to])];
    const fit = places.filter((place) => view.scale === 'linear' || place > 0);
    return fit.length > 0 ? { suggestedMin: Math.min(...fit), suggestedMax: Math.max(...fit) } : {};
  }

  function formatXTick(x: number): string {
    if (xAxis === 'time') return formatClock(x);
    return xAxis === 'step' && Number.isInteger(x) ? formatCount(x) : formatTick(x);
  }

  function moveCursor(to: CursorMove): void {
    const [min, max] = view.x ?? whole();
    const page = (max - min) / 10;
    setCursor(target() ?? cursor);

    function target(): number | undefined {
      switch (to) {
        case 'first':
          return nearestPlace(shown(), min);
        case 'last':
          return nearestPlace(shown(), max);
        case 'page back':
          return nearestPlace(shown(), Math.max(min, (cursor ?? max) - page));
        case 'page forward':
          return nearestPlace(shown(), Math.min(max, (cursor ?? min) + page));
        case 'next':
          return cursor === undefined ? nearestPlace(shown(), min) : nextPlace(shown(), cursor);
        case 'previous':
          return cursor === undefined ? nearestPlace(shown(), max) : previousPlace(shown(), cursor);
      }
    }
  }

  function setCursor(x: number | undefined): void {
    if (x === cursor) return;
    cursor = x;
    if (x !== undefined && view.x && (x < view.x[0] || x > view.x[1])) {
      const shift = x < view.x[0] ? x - view.x[0] : x - view.x[1];
      setRanges([view.x[0] + shift, view.x[1] + shift], view.y);
    }
    chart.draw();
    showTip();
  }

  function readOut(): string {
    if (cursor === undefined) return 'No values yet.';
    const values = readings().map(({ trace, x, value, smooth }) => {
      const mean = smooth === undefined ? '' : `, smoothed ${formatNumber(smooth)}`;
      const where = x === cursor ? '' : ` at ${formatPlace(x)}`;
      return `${labelOf(trace)} ${formatNumber(value)}${mean}${where}`;
    });
    return `${formatPlace(cursor)}: ${values.join('; ')}.`;
  }

  function showTip(): void {
    const scale = chart.scales['x'];
    if (cursor === undefined || !scale) {
      box.hide();
      return;
    }
    const rows = readings().map(({ trace, x, value, smooth }) => [
      element('td', {}, drawSample(styleOf(trace), false)),
      element('td', { text: labelOf(trace) }),
      element('td', { class: 'number', text: formatNumber(value) }),
      element('td', {
        class: 'number quiet',
        text: smooth === undefined ? '' : `smoothed ${formatNumber(smooth)}`,
      }),
      element('td', { class: 'quiet', text: x === cursor ? '' : `at ${formatPlace(x)}` }),
    ]);
    box.show(formatPlace(cursor), rows, scale.getPixelForValue(cursor), chart.chartArea.top + 4);
  }

  return {
    element: frame.element,
    setSeries: (next) => {
      series = next;
      buildLines();
      draw();
    },
    refresh: () => {
      buildLines();
      draw();
    },
    setXAxis: (axis) => {
      xAxis = axis;
      cursor = undefined;
      buildLines();
      setRanges(undefined, view.y);
    },
    setSmoothing: (weight) => {
      smoothing = weight;
      draw();
    },
    setExtent: (range) => {
      common = range;
      draw();
    },
    setXRange: (range) => {
      if (range?.[0] === view.x?.[0] && range?.[1] === view.x?.[1]) return;
      const { scale, hidden, y } = view;
      view = { scale, hidden, ...(y && { y }), ...(range && { x: range }) };
      draw();
    },
    dispose: () => {
      forgetTheme();
      watchSize.disconnect();
      chart.destroy();
      frame.element.remove();
    },
  };
}

function* csvRows(
  series: readonly SeriesColumns[],
  axes: readonly XAxis[],
): Generator<(number | undefined)[]> {
  for (const row of mergedRows(series)) yield [...axes.map((axis) => row[axis]), ...row.values];
}

function tableOf(
  series: readonly SeriesColumns[],
  axes: readonly XAxis[],
  axisNames: readonly string[],
  lines: readonly Line[],
) {
  const columns = [...axisNames.slice(0, axes.length), ...lines.map((line) => line.label)];
  const rows: (number | undefined)[][] = [];
  for (const row of mergedRows(series, 'newest first')) {
    if (rows.length === TABLE_ROWS) {
      return { columns, rows, note: `The newest ${TABLE_ROWS} rows. Save as CSV for all of them.` };
    }
    rows.push([...axes.map((axis) => row[axis]), ...row.values]);
  }
  return { columns, rows };
}
