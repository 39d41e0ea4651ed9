import { Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import type { SettingResult, SweepSummary } from '../../../src/protocol/sweep';
import { chartFrame, type ChartHost, type CursorMove } from '../chartFrame';
import { element } from '../dom';
import { formatNumber, metricLabel } from '../format';
import type { Point } from '../lineOverlay';
import { oncePerFrame } from '../oncePerFrame';
import { onThemeChange, theme, withAlpha } from '../theme';
import { tip } from '../tip';
import { axisOverlay } from './axisOverlay';
import { axisScale, type AxisScale } from './axisScale';

Chart.register(LineController, LineElement, PointElement, LinearScale);

export interface ParallelCoordinates {
  readonly element: HTMLElement;
  /** @param paths what the sweep varies, in the order of its axes */
  setSummary(paths: readonly string[], summary: SweepSummary): void;
  dispose(): void;
}

/** Reach of the pointer around a line where it crosses an axis, in pixels. */
const NEAR = 20;

/**
 * A setting a line, over an upright axis for each thing that the sweep varies and, last, the metric's mean. The best
 * settings are drawn strongest. The cursor goes from the best setting to the worst.
 */
export function parallelCoordinates(host: ChartHost): ParallelCoordinates {
  let axes: readonly AxisScale[] = [];
  let settings: readonly SettingResult[] = [];
  let metric = 'metric';
  let cursor: SettingResult | undefined;

  const frame = chartFrame(
    {
      title: 'Settings and what they reach',
      describe: () =>
        `Parallel coordinates of ${settings.length} settings over ${axes.map(({ title }) => title).join(', ')}.`,
      cursor: { move, clear: () => setCursor(undefined), readOut },
      table: () => ({ columns: columns(), rows: rows() }),
      csv: () => ({ header: columns(), rows: rows() }),
    },
    host,
  );
  frame.plot.classList.add('tall');
  const box = tip(frame.plot);
  const chart = new Chart<'line', Point[]>(frame.canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [axisOverlay(() => axes)],
    options: {
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 26, bottom: 8, left: 12, right: 64 } },
      elements: { point: { radius: 0 }, line: { tension: 0 } },
    },
  });
  frame.canvas.addEventListener('pointermove', (event) => setCursor(settingUnder(event)));
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));
  const draw = oncePerFrame(render);
  const forgetTheme = onThemeChange(render);

  function pointsOf({ parameters, mean }: SettingResult): Point[] {
    return axes.map((axis, x) => ({
      x,
      y: axis.place(x === axes.length - 1 ? mean : parameters[axis.title]) ?? NaN,
    }));
  }

  function settingUnder({ offsetX, offsetY }: MouseEvent): SettingResult | undefined {
    const { x, y } = chart.scales;
    if (!x || !y) return undefined;
    let nearest: SettingResult | undefined;
    let least = NEAR;
    for (const setting of settings) {
      for (const point of pointsOf(setting)) {
        const distance = Math.hypot(
          x.getPixelForValue(point.x) - offsetX,
          y.getPixelForValue(point.y) - offsetY,
        );
        if (distance < least) [nearest, least] = [setting, distance];
      }
    }
    return nearest;
  }

  function move(to: CursorMove): void {
    const at = cursor ? settings.indexOf(cursor) : -1;
    const last = settings.length - 1;
    const targets: Record<CursorMove, number> = {
      first: 0,
      last,
      previous: Math.max(0, at - 1),
      next: Math.min(last, at + 1),
      'page back': 0,
      'page forward': last,
    };
    setCursor(settings[targets[to]]);
  }

  function setCursor(setting: SettingResult | undefined): void {
    if (setting === cursor) return;
    cursor = setting;
    draw();
  }

  function readOut(): string {
    if (!cursor) return 'No setting yet.';
    const { parameters, mean } = cursor;
    const values = Object.entries(parameters).map(([path, value]) => `${path} ${String(value)}`);
    const reached = mean === undefined ? 'no result' : `${metric} ${formatNumber(mean)}`;
    return `Place ${settings.indexOf(cursor) + 1} of ${settings.length}: ${values.join(', ')}; ${reached}.`;
  }

  function columns(): readonly string[] {
    return [...axes.map(({ title }) => title), 'deviation', 'ended well', 'trials'];
  }

  function rows(): (string | number | undefined)[][] {
    return settings.map(({ parameters, mean, deviation, done, runs }) => [
      ...axes.slice(0, -1).map(({ title }) => {
        const value = parameters[title];
        return typeof value === 'boolean' ? String(value) : value;
      }),
      mean,
      deviation,
      done,
      runs.length,
    ]);
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    const last = cursor && pointsOf(cursor).at(-1);
    if (!cursor || !last || !x || !y) {
      box.hide();
      return;
    }
    const facts = [...Object.entries(cursor.parameters), [metric, cursor.mean ?? '–'] as const];
    box.show(
      `Place ${settings.indexOf(cursor) + 1} of ${settings.length}`,
      facts.map(([name, value]) => [
        element('td', { text: name }),
        element('td', {
          class: 'number',
          text: typeof value === 'number' ? formatNumber(value) : String(value),
        }),
      ]),
      x.getPixelForValue(last.x),
      chart.chartArea.top,
    );
  }

  function render(): void {
    const { series, foreground, focus } = theme();
    const best = series[0]!;
    chart.data.datasets = settings.map((setting, place) => {
      const isBest = place === 0 && setting.mean !== undefined;
      const faint = withAlpha(foreground, 0.15 + 0.35 * (1 - place / Math.max(1, settings.length)));
      return {
        data: pointsOf(setting),
        borderColor: setting === cursor ? focus : isBest ? best : faint,
        borderWidth: setting === cursor || isBest ? 2.5 : 1.25,
        order: setting === cursor ? -1 : place,
      };
    });
    chart.options.scales = {
      x: { type: 'linear', display: false, min: 0, max: Math.max(1, axes.length - 1) },
      y: { type: 'linear', display: false, min: 0, max: 1 },
    };
    chart.update('none');
    frame.refresh();
    showTip();
  }

  return {
    element: frame.element,
    setSummary(paths, summary) {
      settings = summary.settings;
      metric = summary.metric === undefined ? 'metric' : metricLabel(summary.metric);
      cursor = undefined;
      axes = [
        ...paths.map((path) =>
          axisScale(
            path,
            settings.map(({ parameters }) => parameters[path]!),
          ),
        ),
        axisScale(
          metric,
          settings.flatMap(({ mean }) => (mean === undefined ? [] : [mean])),
        ),
      ];
      draw();
    },
    dispose: () => {
      forgetTheme();
      chart.destroy();
      frame.element.remove();
    },
  };
}
