import { redrawSample } from '../seriesStyle';
import { theme } from '../theme';

/** What a picture of a chart has above the chart. */
export interface PictureHead {
  /** In pixels of the page. */
  readonly height: number;
  draw(pen: CanvasRenderingContext2D): void;
}

/** Height of the first line with what is around it, and of every further one, in pixels. */
const FIRST_LINE = 34;
const LEGEND_LINE = 20;
const MARGIN = 10;

/**
 * A chart's title and the names of its legend that are switched on, on as many lines as they need.
 *
 * @param pen any pen: it measures the texts
 * @param width of the picture, in pixels of the page
 */
export function pictureHead(
  pen: CanvasRenderingContext2D,
  title: string,
  legend: HTMLElement,
  width: number,
): PictureHead {
  const { foreground, fontFamily, fontSize } = theme();
  const titleFont = `600 ${fontSize + 2}px ${fontFamily}`;
  const legendFont = `${fontSize + 1}px ${fontFamily}`;
  pen.font = titleFont;
  const start = MARGIN + pen.measureText(title).width + 20;
  pen.font = legendFont;
  const items = placeLegend(pen, legend, start, width - MARGIN);
  return {
    height: FIRST_LINE + Math.max(0, ...items.map(({ line }) => line)) * LEGEND_LINE,
    draw: (target) => {
      target.fillStyle = foreground;
      target.textBaseline = 'middle';
      target.font = titleFont;
      target.fillText(title, MARGIN, FIRST_LINE / 2);
      for (const { name, sample, x, line } of items) {
        const y = FIRST_LINE / 2 + line * LEGEND_LINE;
        if (sample) redrawSample(target, sample, x, y - sample.clientHeight / 2);
        target.fillStyle = foreground;
        target.font = legendFont;
        target.fillText(name, x + (sample?.clientWidth ?? 0) + 6, y);
      }
    },
  };
}

/** Sets the names of the legend that are switched on side by side. */
function placeLegend(pen: CanvasRenderingContext2D, legend: HTMLElement, start: number, end: number) {
  let x = start;
  let line = 0;
  const shown = [...legend.querySelectorAll<HTMLElement>('[data-series]:not([aria-pressed="false"])')];
  return shown.map((item) => {
    const name = item.dataset['series'] ?? '';
    const sample = item.querySelector('canvas');
    const width = (sample?.clientWidth ?? 0) + 6 + pen.measureText(name).width;
    if (x + width > end && x > start) {
      x = start;
      line += 1;
    }
    const placed = { name, sample, x, line };
    x += width + 16;
    return placed;
  });
}
