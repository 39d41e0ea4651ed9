import { Chart, LineElement } from 'chart.js';
import { element } from '../dom';
import { theme } from '../theme';
import { pictureHead } from './pictureHead';
import { recordSvg, svgElement } from './svgRecording';

/**
 * A chart as an SVG that stands alone: title, legend and chart on the theme's background, with colours and fonts
 * written out, one unit a pixel of the page.
 *
 * @param description what is drawn, for those who cannot see it
 */
export function chartSvg(
  title: string,
  description: string,
  canvas: HTMLCanvasElement,
  legend: HTMLElement,
): string {
  const chart = Chart.getChart(canvas);
  const pen = element('canvas').getContext('2d');
  if (!chart || !pen) throw new Error('The chart has no drawing surface.');
  const head = pictureHead(pen, title, legend, chart.width);
  const [width, height] = [chart.width, chart.height + head.height];
  const root = svgElement('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' });
  const named = (name: 'title' | 'desc', text: string) => {
    const node = svgElement(name);
    node.textContent = text;
    return node;
  };
  const body = svgElement('g', { transform: `translate(0 ${head.height})` });
  body.append(...recordSvg(chart.ctx, chart.currentDevicePixelRatio, () => drawInSegments(chart)));
  root.append(
    named('title', title),
    named('desc', description),
    svgElement('rect', { width, height, fill: theme().background }),
    ...recordSvg(pen, 1, () => head.draw(pen)),
    body,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

/** Draws lines step by step: a line without segments is kept as a path object, which cannot be read. */
function drawInSegments(chart: Chart): void {
  const lines: readonly { segment?: object | undefined }[] = chart
    .getSortedVisibleDatasetMetas()
    .flatMap(({ dataset }) => {
      return dataset instanceof LineElement ? [dataset.options] : [];
    });
  const before = lines.map(({ segment }) => segment);
  for (const options of lines) options.segment = {};
  try {
    chart.draw();
  } finally {
    lines.forEach((options, k) => (options.segment = before[k]));
  }
}
