import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js';
import { axisTicks } from '../axisTicks';
import { chartFrame, type ChartHost, type CursorMove } from '../chartFrame';
import { segments } from '../controls';
import { element } from '../dom';
import { formatNumber, formatTick } from '../format';
import { legend } from '../legend';
import type { Point } from '../lineOverlay';
import { oncePerFrame } from '../oncePerFrame';
import { methodStyle } from '../quantization/methodStyle';
import type { SeriesStyle } from '../seriesStyle';
import { onThemeChange, theme } from '../theme';
import { tip } from '../tip';
import type { FigureCurve, FigureMark, FigurePicture } from './figureCurves';
import { figureOverlay } from './figureOverlay';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

export interface FigureChart {
  readonly element: HTMLElement;
  setPicture(picture: FigurePicture): void;
  dispose(): void;
}

type Scale = 'linear' | 'logarithmic';

/** Reach of the pointer around a mark, in pixels. */
const NEAR = 28;
/** How curves of methods with error feedback are called, and drawn heavier. */
const WITH_FEEDBACK = ' with feedback';

/**
 * Figures of a study over true bits a weight, a curve a method. The cursor moves along a curve by the left and
 * right arrows, and between curves by those up and down.
 */
export function figureChart(first: FigurePicture, host: ChartHost): FigureChart {
  let picture = first;
  let scale: Scale = 'linear';
  let hidden: readonly string[] = [];
  let cursor: FigureMark | undefined;

  const frame = chartFrame(
    {
      title: first.title,
      describe: () =>
        `Chart of ${picture.unit}, over true bits a weight, of ${picture.curves.map(({ name }) => name).join(', ')}.`,
      cursor: { move, moveAcross, clear: () => setCursor(undefined), readOut },
      table: () => ({ columns: columns(), rows: rows() }),
      csv: () => ({ header: columns(), rows: rows() }),
    },
    host,
  );
  frame.element.classList.add('many');
  frame.plot.classList.add('tall');
  const box = tip(frame.plot);
  const drawLegend = legend(frame.legend, (name) => {
    hidden = hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
    if (cursor && hidden.includes(cursor.curve)) cursor = undefined;
    draw();
  });
  frame.tools.append(
    segments<Scale>(
      `Vertical axis of ${first.title}`,
      [
        { value: 'linear', label: 'Linear' },
        { value: 'logarithmic', label: 'Logarithmic' },
      ],
      scale,
      (value) => {
        scale = value;
        draw();
      },
    ).element,
  );

  const chart = new Chart<'line', Point[]>(frame.canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [
      figureOverlay(() => ({
        curves: drawn(),
        originals: picture.originals,
        style: (curve) => styleOf(curve, picture),
        cursor,
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
  draw();

  function drawn(): readonly FigureCurve[] {
    return picture.curves.filter(({ name }) => !hidden.includes(name));
  }

  function markUnder(event: MouseEvent): FigureMark | undefined {
    const { x, y } = chart.scales;
    if (!x || !y) return undefined;
    let nearest: FigureMark | undefined;
    let least = NEAR;
    for (const mark of drawn().flatMap(({ marks }) => marks)) {
      const distance = Math.hypot(
        x.getPixelForValue(mark.bits) - event.offsetX,
        y.getPixelForValue(mark.value) - event.offsetY,
      );
      if (distance < least) [nearest, least] = [mark, distance];
    }
    return nearest;
  }

  function move(to: CursorMove): void {
    const marks = drawn().find(({ name }) => name === cursor?.curve)?.marks;
    if (!cursor || !marks) {
      setCursor(drawn()[0]?.marks[0]);
      return;
    }
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

  /** To the curve before or after, at its mark of about the same bits. */
  function moveAcross(to: 'up' | 'down'): void {
    const shown = drawn();
    const at = shown.findIndex(({ name }) => name === cursor?.curve);
    if (!cursor || at < 0) {
      move('first');
      return;
    }
    const { bits } = cursor;
    const marks = shown[to === 'up' ? at - 1 : at + 1]?.marks;
    if (!marks) return;
    setCursor(marks.reduce((a, b) => (Math.abs(b.bits - bits) < Math.abs(a.bits - bits) ? b : a)));
  }

  function setCursor(mark: FigureMark | undefined): void {
    if (mark === cursor) return;
    cursor = mark;
    chart.draw();
    showTip();
  }

  function readOut(): string {
    if (!cursor) return 'No values yet.';
    const { what, bits, value } = cursor;
    return `${what}: ${formatNumber(value)} ${picture.unit}; true bits ${bits.toFixed(3)}.`;
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    if (!cursor || !x || !y) {
      box.hide();
      return;
    }
    const facts = [
      [picture.unit, formatNumber(cursor.value)],
      ['true bits', cursor.bits.toFixed(3)],
    ].map(([name, value]) => [
      element('td', { text: name! }),
      element('td', { class: 'number', text: value! }),
    ]);
    box.show(cursor.what, facts, x.getPixelForValue(cursor.bits), y.getPixelForValue(cursor.value) + 10);
  }

  function columns(): readonly string[] {
    return ['method', 'true bits', picture.unit];
  }

  function rows(): (string | number)[][] {
    const marks = [...picture.originals, ...drawn().flatMap((curve) => curve.marks)];
    return marks.map(({ curve, bits, value }) => [curve, bits, value]);
  }

  function render(): void {
    const { grid, border } = theme();
    const bits = drawn().flatMap(({ marks }) => marks.map((mark) => mark.bits));
    chart.data.datasets = drawn().map(({ name, marks }) => {
      const { color, dash } = styleOf(name, picture);
      return {
        data: marks.map((mark) => ({ x: mark.bits, y: mark.value })),
        borderColor: color,
        borderWidth: name.endsWith(WITH_FEEDBACK) ? 2.5 : 1.25,
        borderDash: [...dash],
      };
    });
    chart.options.scales = {
      x: {
        type: 'linear',
        min: bits.length > 0 ? Math.min(...bits) - 0.3 : 0,
        max: bits.length > 0 ? Math.max(...bits) + 0.3 : 8,
        title: { display: true, text: 'true bits a weight, every byte of the file counted' },
        grid: { color: grid, drawTicks: false },
        border: { color: border },
        ticks: { ...axisTicks(), stepSize: 1 },
      },
      y: {
        type: scale,
        title: { display: true, text: picture.unit },
        grid: { color: grid, drawTicks: false },
        border: { display: false },
        ...suggested(picture),
        ticks: { padding: 8, maxTicksLimit: 8, callback: (value) => formatTick(Number(value)) },
      },
    };
    chart.update('none');
    frame.refresh();
    drawLegend(
      picture.curves.map(({ name }) => ({ name, style: styleOf(name, picture), on: !hidden.includes(name) })),
    );
    showTip();
  }

  return {
    element: frame.element,
    setPicture: (next) => {
      picture = next;
      draw();
    },
    dispose: () => {
      forgetTheme();
      chart.destroy();
      frame.element.remove();
    },
  };
}

/** The lines across are always in sight. */
function suggested({ originals }: FigurePicture): { suggestedMin?: number; suggestedMax?: number } {
  if (originals.length === 0) return {};
  const values = originals.map(({ value }) => value);
  return { suggestedMin: Math.min(...values), suggestedMax: Math.max(...values) };
}

/** That of the method; where there is one with error feedback beside it, the one without is hollow. */
function styleOf(curve: string, { curves }: FigurePicture): SeriesStyle {
  if (curve.endsWith(WITH_FEEDBACK)) {
    return { ...methodStyle(curve.slice(0, -WITH_FEEDBACK.length)), hollow: false };
  }
  const style = methodStyle(curve);
  return curves.some(({ name }) => name === curve + WITH_FEEDBACK) ? { ...style, hollow: true } : style;
}
