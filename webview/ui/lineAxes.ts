import { axisTicks } from './axisTicks';
import { formatClock, formatCount, formatDuration, formatTick } from './format';
import type { Guide } from './guides';
import type { XAxis } from './seriesColumns';
import { theme } from './theme';
import type { Range } from './trace';

export type YScale = 'linear' | 'logarithmic';

/** Room for the labels of the vertical axis, in pixels. */
const Y_AXIS_WIDTH = 52;

/** What a horizontal axis counts, and how its places are written. */
export interface Places {
  /** `step`, `epoch`, `time`, or what a step is called. */
  readonly name: string;
  /** A place in a sentence: `step 1,200`, `2 min 05 s`. */
  inWords(x: number): string;
  /** A place beside a mark of the axis. */
  onTick(x: number): string;
}

/** @param stepName what a step is called */
export function placesOn(axis: XAxis, stepName: string): Places {
  const name = axis === 'step' ? stepName : axis;
  const number = (x: number) => (axis === 'step' && Number.isInteger(x) ? formatCount(x) : formatTick(x));
  if (axis === 'time') return { name, inWords: formatDuration, onTick: formatClock };
  return { name, inWords: (x) => `${name} ${number(x)}`, onTick: number };
}

export interface LineAxes {
  readonly places: Places;
  readonly xScale: YScale;
  /** What the horizontal axis shows. */
  readonly x: Range;
  readonly yScale: YScale;
  /** What the vertical axis shows where it is zoomed. */
  readonly y: Range | undefined;
  /** Where the vertical axis starts and ends at least. */
  readonly yRange: Range | undefined;
  /** Where it ends at most, until it is zoomed. */
  readonly ceiling: number | undefined;
  /** Values that it always has in sight. */
  readonly guides: readonly Guide[];
}

/** The two axes of a line chart as Chart.js draws them, in the colours of the theme. */
export function lineAxes(axes: LineAxes) {
  const { places, xScale, x, yScale, y, ceiling } = axes;
  const { grid, border } = theme();
  const [min, max] = x;
  return {
    x: {
      type: xScale,
      min,
      max: max > min ? max : min + 1,
      title: { display: true, text: places.name === 'time' ? 'time since the start' : places.name },
      grid: { color: grid, drawTicks: false },
      border: { color: border },
      ticks: { ...axisTicks((place) => places.onTick(place)), autoSkipPadding: 24 },
    },
    y: {
      type: yScale,
      ...reach(axes),
      ...(ceiling !== undefined && { max: ceiling }),
      ...(y && { min: y[0], max: y[1] }),
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
function reach({ yRange, guides, yScale }: LineAxes): { suggestedMin?: number; suggestedMax?: number } {
  const places = [...(yRange ?? []), ...guides.flatMap(({ from, to = from }) => [from, to])];
  const fit = places.filter((place) => yScale === 'linear' || place > 0);
  return fit.length > 0 ? { suggestedMin: Math.min(...fit), suggestedMax: Math.max(...fit) } : {};
}
