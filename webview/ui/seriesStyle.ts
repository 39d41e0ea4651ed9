import { element } from './dom';
import { theme } from './theme';

/** How a series is told from its neighbours, by colour, dash and marker: any one of them is enough. */
export interface SeriesStyle {
  readonly color: string;
  readonly dash: readonly number[];
  readonly marker: Marker;
  /** The marker is an outline. */
  readonly hollow?: boolean;
}

const MARKERS = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'pentagon',
  'hexagon',
  'star',
  'lowered triangle',
] as const;
export type Marker = (typeof MARKERS)[number];

const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 2],
  [6, 3, 2, 3],
  [4, 4],
  [14, 5],
  [9, 3, 2, 3, 2, 3],
  [2, 5],
];

/** The style of the k-th series of a chart in the theme that is shown; eight have nothing in common. */
export function seriesStyle(k: number): SeriesStyle {
  const colors = theme().series;
  return {
    color: colors[k % colors.length]!,
    dash: DASHES[k % DASHES.length]!,
    marker: MARKERS[k % MARKERS.length]!,
  };
}

/** Draws a marker of radius `r` around a point, in the pen's fill and stroke. */
export function drawMarker(
  pen: CanvasRenderingContext2D,
  marker: Marker,
  x: number,
  y: number,
  r: number,
): void {
  pen.beginPath();
  switch (marker) {
    case 'circle':
      pen.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case 'square':
      pen.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r);
      break;
    case 'triangle':
      polygon(pen, x, y, 1.2 * r, 3, -Math.PI / 2);
      break;
    case 'diamond':
      polygon(pen, x, y, 1.2 * r, 4, -Math.PI / 2);
      break;
    case 'pentagon':
      polygon(pen, x, y, 1.1 * r, 5, -Math.PI / 2);
      break;
    case 'hexagon':
      polygon(pen, x, y, 1.1 * r, 6, 0);
      break;
    case 'star':
      star(pen, x, y, 1.4 * r);
      break;
    case 'lowered triangle':
      polygon(pen, x, y, 1.2 * r, 3, Math.PI / 2);
      break;
  }
  pen.fill();
  pen.stroke();
}

function polygon(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  r: number,
  corners: number,
  turn: number,
): void {
  for (let k = 0; k < corners; k++) {
    const angle = turn + (2 * Math.PI * k) / corners;
    pen.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  pen.closePath();
}

/** Five points of radius `r`, with notches of less than half of it between them. */
function star(pen: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  for (let k = 0; k < 10; k++) {
    const angle = (Math.PI * k) / 5 - Math.PI / 2;
    const reach = k % 2 === 0 ? r : 0.45 * r;
    pen.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  pen.closePath();
}

const SAMPLE = { width: 26, height: 10 };

interface Sample {
  readonly style: SeriesStyle;
  /** An area and not a line. */
  readonly filled: boolean;
}

const samples = new WeakMap<HTMLCanvasElement, Sample>();

/** A legend's sample of a series: its line with its marker. */
export function drawSample(style: SeriesStyle, filled: boolean): HTMLCanvasElement {
  const scale = Math.max(2, window.devicePixelRatio);
  const canvas = element('canvas', { class: 'sample', attributes: { 'aria-hidden': 'true' } });
  canvas.width = SAMPLE.width * scale;
  canvas.height = SAMPLE.height * scale;
  samples.set(canvas, { style, filled });
  const pen = canvas.getContext('2d');
  if (!pen) return canvas;
  pen.scale(scale, scale);
  redrawSample(pen, canvas, 0, 0);
  return canvas;
}

/** Draws a legend's sample once more, with another pen, its upper left corner at a place. */
export function redrawSample(
  pen: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  x: number,
  y: number,
): void {
  const sample = samples.get(canvas);
  if (!sample) return;
  const { style, filled } = sample;
  const middle = y + SAMPLE.height / 2;
  pen.strokeStyle = pen.fillStyle = style.color;
  if (filled) {
    pen.fillRect(x + 8, y, 10, 10);
    return;
  }
  pen.lineWidth = 1.75;
  pen.setLineDash([...style.dash]);
  pen.beginPath();
  pen.moveTo(x, middle);
  pen.lineTo(x + SAMPLE.width, middle);
  pen.stroke();
  pen.setLineDash([]);
  if (style.hollow) pen.fillStyle = theme().background;
  drawMarker(pen, style.marker, x + SAMPLE.width / 2, middle, style.hollow ? 3 : 2.5);
}
