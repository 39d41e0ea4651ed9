import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js';
import { axisTicks } from '../axisTicks';
import { chartFrame, type ChartHost, type CursorMove } from '../chartFrame';
import { segments } from '../controls';
import { element } from '../dom';
import { formatDuration, formatNumber, formatTick } from '../format';
import { legend } from '../legend';
import type { Point } from '../lineOverlay';
import { oncePerFrame } from '../oncePerFrame';
import { onThemeChange, theme, withAlpha } from '../theme';
import { tip } from '../tip';
import { gapToLimit, type Curve, type Mark } from './curves';
import { shannonLimit } from './equalBits';
import { methodStyle } from './methodStyle';
import { rateDistortionOverlay } from './rateDistortionOverlay';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

/** What stands upright: the signal-to-noise ratio, the distortion, or the distance to Shannon's limit. */
export type RateDistortionScale = 'snr' | 'distortion' | 'gap';

/** What a person set in the chart; the webview keeps it over reloads. */
export interface RateDistortionView {
  readonly scale: RateDistortionScale;
  /** Methods that are switched off. */
  readonly hidden: readonly string[];
}

export const FIRST_RATE_DISTORTION_VIEW: RateDistortionView = { scale: 'snr', hidden: [] };

export interface RateDistortionChart {
  readonly element: HTMLElement;
  /** Curves, best method first. */
  setCurves(curves: readonly Curve[]): void;
  dispose(): void;
}

export const LIMIT_NAME = 'Shannon’s limit';
export const LIMIT_MEANING =
  'Shannon’s limit for independent Gaussian weights of the same variance: 6.02 dB for each bit, and no code can do ' +
  'better on such weights. Weights with structure (rows of different size, outliers) are easier than Gaussian ones, ' +
  'and a code that uses the structure may lie above the line.';

const SCALES: Readonly<Record<RateDistortionScale, { readonly label: string; readonly axis: string }>> = {
  snr: { label: 'SNR', axis: 'signal to noise, dB' },
  distortion: { label: 'Distortion', axis: 'distortion, logarithmic' },
  gap: { label: 'To the limit', axis: 'above the limit, dB' },
};

/** Reach of the pointer around a mark, in pixels. */
const NEAR = 28;

/**
 * What each method and number of bits makes of one model: signal-to-noise ratio over true bits a weight,
 * one mark a measurement, the chosen ones larger, with Shannon's limit. The cursor moves along a method by
 * the left and right arrows, and between methods by those up and down.
 */
export function rateDistortionChart(
  first: RateDistortionView,
  host: ChartHost,
  onView: (view: RateDistortionView) => void,
): RateDistortionChart {
  let view = first;
  let curves: readonly Curve[] = [];
  let cursor: Mark | undefined;

  const frame = chartFrame(
    {
      title: 'Rate and distortion',
      caption: 'What each method makes of this model at so many bits. A ring is around what was run.',
      describe: () => {
        const names = curves.map(({ method }) => method).join(', ');
        return `Chart of ${SCALES[view.scale].axis}, over true bits a weight, of ${names}, with Shannon’s limit.`;
      },
      cursor: { move, moveAcross, clear: () => setCursor(undefined), readOut },
      table: () => ({ columns: COLUMNS, rows: tableRows() }),
      csv: () => ({ header: COLUMNS, rows: tableRows() }),
    },
    host,
  );
  frame.element.classList.add('many');
  frame.plot.classList.add('tall');
  const box = tip(frame.plot);
  const drawLegend = legend(frame.legend, (method) => {
    const hidden = view.hidden.includes(method)
      ? view.hidden.filter((other) => other !== method)
      : [...view.hidden, method];
    setView({ ...view, hidden });
  });
  frame.tools.append(
    segments<RateDistortionScale>(
      'Vertical axis of the rate–distortion picture',
      (['snr', 'distortion', 'gap'] as const).map((value) => ({ value, label: SCALES[value].label })),
      view.scale,
      (scale) => setView({ ...view, scale }),
    ).element,
  );

  const chart = new Chart<'line', Point[]>(frame.canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [
      rateDistortionOverlay(() => ({
        curves: drawn(),
        height,
        cursor,
        limitName: LIMIT_NAME,
        forbidden: view.scale === 'distortion' ? 'below' : 'above',
      })),
    ],
    options: {
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 10, right: 14 } },
      elements: { point: { radius: 0 }, line: { tension: 0 } },
    },
  });

  frame.canvas.addEventListener('pointermove', (event) => setCursor(markUnder(event)));
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));

  const draw = oncePerFrame(render);
  const forgetTheme = onThemeChange(render);

  function setView(next: RateDistortionView): void {
    view = next;
    if (cursor && view.hidden.includes(cursor.method)) cursor = undefined;
    onView(view);
    draw();
  }

  function drawn(): readonly Curve[] {
    return curves.filter(({ method }) => !view.hidden.includes(method));
  }

  /** Where a place stands on the vertical axis. */
  function height({ bits, snrDb }: { readonly bits: number; readonly snrDb: number }): number {
    switch (view.scale) {
      case 'snr':
        return snrDb;
      case 'distortion':
        return 10 ** (-snrDb / 10);
      case 'gap':
        return snrDb - shannonLimit(bits);
    }
  }

  function markUnder(event: MouseEvent): Mark | undefined {
    const { x, y } = chart.scales;
    if (!x || !y) return undefined;
    let nearest: Mark | undefined;
    let least = NEAR;
    for (const mark of drawn().flatMap(({ marks }) => marks)) {
      const distance = Math.hypot(
        x.getPixelForValue(mark.bits) - event.offsetX,
        y.getPixelForValue(height(mark)) - event.offsetY,
      );
      if (distance < least) [nearest, least] = [mark, distance];
    }
    return nearest;
  }

  function move(to: CursorMove): void {
    const curve = drawn().find(({ method }) => method === cursor?.method);
    if (!cursor || !curve) {
      const marks = drawn().flatMap(({ marks: all }) => all);
      setCursor(marks.find(({ chosen }) => chosen) ?? marks[0]);
      return;
    }
    const { marks } = curve;
    const at = marks.indexOf(cursor);
    const targets: Record<CursorMove, number> = {
      first: 0,
      last: marks.length - 1,
      previous: at - 1,
      next: at + 1,
      'page back': 0,
      'page forward': marks.length - 1,
    };
    setCursor(marks[targets[to]] ?? cursor);
  }

  /** To the next better or worse method, at its mark of about the same bits. */
  function moveAcross(to: 'up' | 'down'): void {
    const shown = drawn();
    const at = shown.findIndex(({ method }) => method === cursor?.method);
    if (!cursor || at < 0) {
      move('first');
      return;
    }
    const { bits } = cursor;
    const curve = shown[to === 'up' ? at - 1 : at + 1];
    if (!curve) return;
    setCursor(curve.marks.reduce((a, b) => (Math.abs(b.bits - bits) < Math.abs(a.bits - bits) ? b : a)));
  }

  function setCursor(mark: Mark | undefined): void {
    if (mark === cursor) return;
    cursor = mark;
    chart.draw();
    showTip();
  }

  function readOut(): string {
    if (!cursor) return 'No values yet.';
    const values = figures(cursor).map(([name, value]) => `${name} ${value}`);
    return `${nameOf(cursor)}: ${values.join('; ')}.`;
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    if (!cursor || !x || !y) {
      box.hide();
      return;
    }
    const rows = figures(cursor).map(([name, value]) => [
      element('td', { text: name }),
      element('td', { class: 'number', text: value }),
    ]);
    box.show(nameOf(cursor), rows, x.getPixelForValue(cursor.bits), y.getPixelForValue(height(cursor)) + 10);
  }

  function tableRows(): (string | number | undefined)[][] {
    return drawn().flatMap(({ marks }) =>
      marks.map((mark) => [
        mark.method,
        mark.nominal,
        mark.bits,
        mark.snrDb,
        mark.distortion,
        gapToLimit(mark),
        mark.seconds,
      ]),
    );
  }

  function render(): void {
    const { grid, border, highContrast } = theme();
    const marks = curves.flatMap((curve) => curve.marks);
    const bits = marks.map((mark) => mark.bits);
    const min = Math.min(...bits) - 0.3;
    const max = Math.max(...bits) + 0.3;
    chart.data.datasets = drawn().map((curve) => {
      const { color, dash } = methodStyle(curve.method);
      const chosen = curve.marks.some((mark) => mark.chosen);
      return {
        data: curve.marks.map((mark) => ({ x: mark.bits, y: height(mark) })),
        borderColor: chosen || highContrast ? color : withAlpha(color, 0.75),
        borderWidth: chosen ? 2.5 : 1.25,
        borderDash: [...dash],
      };
    });
    const heights = marks.map(height);
    chart.options.scales = {
      x: {
        type: 'linear',
        min: marks.length > 0 ? min : 0,
        max: marks.length > 0 ? max : 8,
        title: { display: true, text: 'true bits a weight' },
        grid: { color: grid, drawTicks: false },
        border: { color: border },
        ticks: { ...axisTicks(), stepSize: 1 },
      },
      y: {
        type: view.scale === 'distortion' ? 'logarithmic' : 'linear',
        title: { display: true, text: SCALES[view.scale].axis },
        grid: { color: grid, drawTicks: false },
        border: { display: false },
        // A logarithmic axis ends at its data: this leaves room for the marks.
        ...(view.scale === 'distortion' &&
          marks.length > 0 && {
            min: Math.min(...heights) / 1.3,
            max: 1.3 * Math.max(...heights),
          }),
        ...(view.scale === 'gap' && { suggestedMin: Math.min(-1, ...heights) - 0.5, suggestedMax: 1 }),
        ticks: { padding: 8, maxTicksLimit: 8, callback: (value) => formatTick(Number(value)) },
      },
    };
    chart.update('none');
    frame.refresh();
    drawLegend(
      curves.map(({ method }) => ({
        name: method,
        style: methodStyle(method),
        on: !view.hidden.includes(method),
      })),
    );
    showTip();
  }

  return {
    element: frame.element,
    setCurves: (next) => {
      curves = next;
      cursor = undefined;
      draw();
    },
    dispose: () => {
      forgetTheme();
      chart.destroy();
      frame.element.remove();
    },
  };
}

const COLUMNS: readonly string[] = [
  'method',
  'nominal bits',
  'true bits',
  'SNR, dB',
  'distortion',
  'below the limit, dB',
  'seconds',
];

/** `rtn, 4 bits`; of a chosen mark with what it has to do with the run. */
function nameOf({ method, nominal, chosen, seconds }: Mark): string {
  const run = seconds === undefined ? ', this run' : ', as in this run';
  return `${method}, ${formatTick(nominal)} bits${chosen ? run : ''}`;
}

function figures(mark: Mark): readonly (readonly [name: string, value: string])[] {
  const gap = gapToLimit(mark);
  return [
    ['true bits', mark.bits.toFixed(3)],
    ['SNR', `${mark.snrDb.toFixed(2)} dB`],
    ['distortion', formatNumber(mark.distortion, 3)],
    [gap >= 0 ? 'below the limit' : 'above the limit', `${Math.abs(gap).toFixed(2)} dB`],
    ...(mark.seconds === undefined ? [] : ([['time for the sample', formatDuration(mark.seconds)]] as const)),
  ];
}
