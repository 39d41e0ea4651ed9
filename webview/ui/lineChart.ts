import { Chart, LineController, LineElement, LinearScale, LogarithmicScale, PointElement } from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { beyondLimit } from './beyondLimit';
import { chartFrame, type ChartHost, type CursorMove } from './chartFrame';
import { segments } from './controls';
import { drawable, drawnLine, type DrawnLine, type Line } from './drawnLine';
import { formatCount, formatNumber } from './format';
import { guidesPlugin, type Guide } from './guides';
import { legend } from './legend';
import { lineAxes, placesOn, type YScale } from './lineAxes';
import { lineOverlay, type Point } from './lineOverlay';
import { readingRows, readingsInWords } from './lineReadings';
import { lineRows, lineTable } from './lineTable';
import { oncePerFrame } from './oncePerFrame';
import { X_AXES, type SeriesColumns, type XAxis } from './seriesColumns';
import { seriesStyle } from './seriesStyle';
import { uprightsPlugin, type Upright } from './uprights';
import { onThemeChange } from './theme';
import { tip } from './tip';
import { extent, movedPlace, nearestPlace, readingsAt, traceOf, type Range } from './trace';
import { zoomGestures } from './zoomGestures';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, zoomPlugin);

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
  /** The hover of the title, and what is said below it: see {@link ChartParts}. */
  readonly caption?: string;
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
  let places = placesOn(xAxis, stepName);
  const axes: readonly XAxis[] = options.stepsAlone ? ['step'] : X_AXES;

  const frame = chartFrame(
    {
      title,
      ...(options.caption !== undefined && { caption: options.caption }),
      ...(options.hover && { hover: options.hover }),
      note: () => [options.note?.(), crossesInWords()].filter((part) => part !== undefined).join(' · '),
      describe: () => {
        const samples = series.reduce((sum, s) => sum + s.length, 0);
        const names = lines.map((line) => line.label).join(', ') || 'nothing yet';
        const meaning = [...guides, ...uprights()].map((guide) => `; ${guide.label}`).join('');
        return `Line chart of ${names} over ${places.name}, ${formatCount(samples)} values${meaning}.`;
      },
      cursor: { move: moveCursor, clear: () => setCursor(undefined), readOut },
      table: () => lineTable(series, axes, [...axisColumns(stepName), ...lines.map((line) => line.label)]),
      csv: () => ({
        header: [...axisColumns('step'), ...series.map((s) => s.name)],
        rows: lineRows(series, axes),
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

  const gestures = zoomGestures(takeRanges);
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
          point: { x, y: drawable(smooth ?? value, view.scale) },
          style: trace.style,
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
      plugins: { zoom: gestures.options },
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

  /** Heads of the columns of a table before those of the series. */
  function axisColumns(first: string): readonly string[] {
    return [first, 'epoch', 'seconds'].slice(0, axes.length);
  }

  /** What the crosses on the floor of the chart are, where there are any. */
  function crossesInWords(): string | undefined {
    const hasCross = drawn.some(({ points }) => points.some(({ y }) => Number.isNaN(y)));
    if (!hasCross) return undefined;
    return view.scale === 'linear' ? '× not a finite number' : '× not a finite number above 0';
  }

  function shown(): readonly Line[] {
    return lines.filter((line) => !view.hidden.includes(line.name));
  }

  /** What the horizontal axis shows where it is not zoomed. */
  function whole(): Range {
    return common ?? extent(shown());
  }

  function readings() {
    return cursor === undefined ? [] : readingsAt(shown(), cursor);
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
    const columns = Math.max(50, Math.round(frame.canvas.clientWidth));
    drawn = shown().map((line) => drawnLine(line, view.x ?? whole(), columns, view.scale));
    chart.data.datasets = drawn.flatMap(({ datasets }) => datasets);
    chart.options.scales = scales();
    gestures.paint();
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
    const { xScale = 'linear', ceiling } = options;
    const { scale: yScale, x = whole(), y } = view;
    return lineAxes({ places, xScale, x, yScale, y, yRange, ceiling, guides });
  }

  function moveCursor(to: CursorMove): void {
    setCursor(movedPlace(shown(), to, cursor, view.x ?? whole()) ?? cursor);
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
    return cursor === undefined ? 'No values yet.' : readingsInWords(readings(), cursor, places);
  }

  function showTip(): void {
    const scale = chart.scales['x'];
    if (cursor === undefined || !scale) {
      box.hide();
      return;
    }
    const rows = readingRows(readings(), cursor, places);
    box.show(places.inWords(cursor), rows, scale.getPixelForValue(cursor), chart.chartArea.top + 4);
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
      places = placesOn(xAxis, stepName);
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
