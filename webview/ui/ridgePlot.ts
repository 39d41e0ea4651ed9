import type { Plugin, Scale } from 'chart.js';
import { axisTicks } from './axisTicks';
import { chartFrame, type ChartHost, type ChartParts, type CursorMove } from './chartFrame';
import { cursorPlace } from './cursorPlace';
import { element } from './dom';
import { formatCount, formatNumber } from './format';
import { histogramQuantile, type Bins } from './histogramQuantile';
import { oncePerFrame } from './oncePerFrame';
import { paintedChart } from './paintedChart';
import { onThemeChange, theme, withAlpha } from './theme';
import { tip } from './tip';

/** A histogram at a step. */
export interface Ridge extends Bins {
  readonly step: number;
}

export interface RidgePlot {
  readonly element: HTMLElement;
  /** The ridges to draw from now on, in the order of their steps. */
  setRidges(ridges: readonly Ridge[]): void;
  dispose(): void;
}

interface Place {
  readonly ridge: number;
  readonly bin: number;
}

/** How many rows a ridge reaches up. */
const HEIGHT = 2.2;
/** Steps that are written beside the ridges, at most. */
const LABELS = 8;
const SHARES = [0.05, 0.5, 0.95] as const;

/**
 * Histograms over time: a ridge a reading, the oldest behind and on top. Each is as high as its fullest bin, so that
 * shapes can be compared; numbers are in the read-out and the table. The arrows left and right go from bin to bin, up
 * and down from ridge to ridge.
 */
export function ridgePlot(
  { title, xTitle, hover }: Pick<ChartParts, 'title' | 'hover'> & { readonly xTitle: string },
  host: ChartHost,
): RidgePlot {
  let ridges: readonly Ridge[] = [];
  let cursor: Place | undefined;

  const frame = chartFrame(
    {
      title,
      ...(hover && { hover }),
      describe: () => `Ridge plot of ${ridges.length} histograms over ${xTitle}${stepsInWords()}.`,
      cursor: { move, moveAcross, clear: () => setCursor(undefined), readOut },
      table: () => ({
        columns: ['step', 'counted', '5 % below', 'half below', '95 % below'],
        rows: ridges.map((ridge) => [
          ridge.step,
          ridge.counts.reduce((sum, count) => sum + count, 0),
          ...SHARES.map((share) => histogramQuantile(ridge, share)),
        ]),
      }),
      csv: () => ({ header: ['step', 'from', 'to', 'count'], rows: bins() }),
    },
    host,
  );
  frame.plot.classList.add('tall');
  const box = tip(frame.plot);
  const chart = paintedChart(frame.canvas, painter());
  frame.canvas.addEventListener('pointermove', (event) => setCursor(placeUnder(event)));
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));
  const draw = oncePerFrame(render);
  const forgetTheme = onThemeChange(render);

  function stepsInWords(): string {
    const [first, last] = [ridges[0], ridges.at(-1)];
    return first && last ? `, from step ${formatCount(first.step)} to ${formatCount(last.step)}` : '';
  }

  function* bins(): Generator<number[]> {
    for (const { step, start, width, counts } of ridges) {
      for (const [k, count] of counts.entries())
        yield [step, start + k * width, start + (k + 1) * width, count];
    }
  }

  /** The row of a ridge: the newest stands on the lowest. */
  function rowOf(ridge: number): number {
    return ridges.length - 1 - ridge;
  }

  function placeUnder({ offsetX, offsetY }: MouseEvent): Place | undefined {
    const row = chart.scales['y']?.getValueForPixel(offsetY);
    const value = chart.scales['x']?.getValueForPixel(offsetX);
    if (row === undefined || value === undefined || ridges.length === 0) return undefined;
    const ridge = rowOf(Math.min(ridges.length - 1, Math.max(0, Math.round(row))));
    const { start, width, counts } = ridges[ridge]!;
    const bin = Math.floor((value - start) / width);
    return bin >= 0 && bin < counts.length ? { ridge, bin } : undefined;
  }

  function move(to: CursorMove): void {
    const ridge = cursor?.ridge ?? ridges.length - 1;
    const last = (ridges[ridge]?.counts.length ?? 0) - 1;
    if (last < 0) return;
    setCursor({ ridge, bin: cursorPlace(to, cursor?.bin, last) });
  }

  function moveAcross(to: 'up' | 'down'): void {
    if (!cursor) {
      move('first');
      return;
    }
    const ridge = Math.min(ridges.length - 1, Math.max(0, cursor.ridge + (to === 'up' ? -1 : 1)));
    setCursor({ ridge, bin: Math.min(cursor.bin, ridges[ridge]!.counts.length - 1) });
  }

  function setCursor(place: Place | undefined): void {
    if (place?.ridge === cursor?.ridge && place?.bin === cursor?.bin) return;
    cursor = place;
    chart.draw();
    showTip();
  }

  function words({ ridge, bin }: Place): { step: string; range: string; count: string } {
    const { step, start, width, counts } = ridges[ridge]!;
    const edge = (k: number) => formatNumber(Number((start + k * width).toPrecision(4)), 3);
    return {
      step: `step ${formatCount(step)}`,
      range: `${edge(bin)} to ${edge(bin + 1)}`,
      count: formatCount(counts[bin]!),
    };
  }

  function readOut(): string {
    if (!cursor) return 'No values yet.';
    const { step, range, count } = words(cursor);
    return `${step}, ${range}: ${count}.`;
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    if (!cursor || !x || !y) {
      box.hide();
      return;
    }
    const { step, range, count } = words(cursor);
    const { left, top } = peak(cursor, x, y);
    const row = [element('td', { text: range }), element('td', { class: 'number', text: count })];
    box.show(step, [row], left, top + 8);
  }

  function render(): void {
    const { border, grid } = theme();
    const every = Math.ceil(ridges.length / LABELS);
    chart.options.scales = {
      x: {
        type: 'linear',
        min: Math.min(...ridges.map(({ start }) => start)),
        max: Math.max(...ridges.map(({ start, width, counts }) => start + counts.length * width)),
        title: { display: true, text: xTitle },
        grid: { color: grid, drawTicks: false },
        border: { color: border },
        ticks: { ...axisTicks(), autoSkipPadding: 24 },
      },
      y: {
        type: 'linear',
        min: -0.2,
        max: Math.max(0, ridges.length - 1) + HEIGHT,
        title: { display: true, text: 'step' },
        grid: { display: false },
        border: { display: false },
        afterBuildTicks: (scale: Scale) => {
          scale.ticks = ridges.flatMap((_, k) => (rowOf(k) % every === 0 ? [{ value: rowOf(k) }] : []));
        },
        ticks: {
          padding: 8,
          autoSkip: false,
          callback: (row) => formatCount(ridges[rowOf(Number(row))]?.step ?? 0),
        },
      },
    };
    chart.update('none');
    frame.refresh();
    showTip();
  }

  /** Where the middle of a bin stands on its ridge. */
  function peak({ ridge, bin }: Place, x: Scale, y: Scale): { left: number; top: number } {
    const { start, width, counts } = ridges[ridge]!;
    const share = counts[bin]! / Math.max(1, ...counts);
    return {
      left: x.getPixelForValue(start + (bin + 0.5) * width),
      top: y.getPixelForValue(rowOf(ridge) + HEIGHT * share),
    };
  }

  /** The ridges from the back to the front: each hides what is behind it. */
  function painter(): Plugin<'line'> {
    return {
      id: 'ridges',
      beforeDatasetsDraw: ({ ctx: pen, scales }) => {
        const { x, y } = scales;
        if (!x || !y) return;
        const { series, background, focus, highContrast } = theme();
        const color = series[0]!;
        pen.save();
        pen.lineJoin = 'round';
        for (const [ridge, { start, width, counts }] of ridges.entries()) {
          const base = y.getPixelForValue(rowOf(ridge));
          const isAt = cursor?.ridge === ridge;
          pen.beginPath();
          pen.moveTo(x.getPixelForValue(start), base);
          for (const bin of counts.keys()) {
            const { left, top } = peak({ ridge, bin }, x, y);
            pen.lineTo(left, top);
          }
          pen.lineTo(x.getPixelForValue(start + counts.length * width), base);
          pen.fillStyle = background;
          pen.fill();
          const age = ridges.length > 1 ? ridge / (ridges.length - 1) : 1;
          pen.fillStyle = withAlpha(color, highContrast ? 0.15 : 0.08 + 0.32 * age);
          pen.fill();
          pen.strokeStyle = isAt ? focus : color;
          pen.lineWidth = isAt ? 2.5 : 1.25;
          pen.stroke();
        }
        if (cursor) {
          const { left, top } = peak(cursor, x, y);
          pen.beginPath();
          pen.arc(left, top, 4, 0, 2 * Math.PI);
          pen.fillStyle = focus;
          pen.fill();
        }
        pen.restore();
      },
    };
  }

  return {
    element: frame.element,
    setRidges: (next) => {
      ridges = next;
      if (cursor && cursor.bin >= (ridges[cursor.ridge]?.counts.length ?? 0)) cursor = undefined;
      draw();
    },
    dispose: () => {
      forgetTheme();
      chart.destroy();
      frame.element.remove();
    },
  };
}
