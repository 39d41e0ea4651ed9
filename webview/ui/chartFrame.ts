import { button, iconButton } from './controls';
import { fileName, toCsv } from './csv';
import { dataTable, type TableContent } from './dataTable';
import { element, freshId, setText } from './dom';
import { theme } from './theme';

/** What a chart asks of the page around it. */
export interface ChartHost {
  saveImage(suggestedName: string, png: Uint8Array): void;
  saveText(suggestedName: string, text: string): void;
}

export type CursorMove = 'previous' | 'next' | 'page back' | 'page forward' | 'first' | 'last';

/** A cursor over the marks of a chart, moved by the keyboard and by the pointer. */
export interface ChartCursor {
  move(to: CursorMove): void;
  /** By the arrows up and down, in a chart of two dimensions. */
  moveAcross?(to: 'up' | 'down'): void;
  clear(): void;
  /** What stands at the cursor, as one sentence. */
  readOut(): string;
}

/** What a chart gives to its frame. */
export interface ChartParts {
  readonly title: string;
  /** What the numbers are and what they cost: the hover of the title, and the description for screen readers. */
  hover?(): string;
  /** What has to be said in sight, beside the title. */
  note?(): string | undefined;
  /** What is drawn, for those who cannot see it: `Line chart of …`. */
  describe(): string;
  readonly cursor: ChartCursor;
  /** Rows for the table view, few enough to be shown; `note` says what was left out. */
  table(): TableContent & { readonly note?: string };
  /** All rows. */
  csv(): {
    readonly header: readonly string[];
    readonly rows: Iterable<readonly (string | number | undefined)[]>;
  };
  /** Zooms by a factor about the cursor; absent where a chart has no zoom. */
  zoom?(factor: number): void;
  resetZoom?(): void;
}

export interface ChartFrame {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Holds the canvas and what lies over it. */
  readonly plot: HTMLElement;
  /** Beside the title: legend and choices of this chart. */
  readonly legend: HTMLElement;
  readonly tools: HTMLElement;
  /** Tells the frame that the data changed. */
  refresh(): void;
  setZoomed(zoomed: boolean): void;
}

const KEYS = new Map<string, CursorMove>([
  ['ArrowLeft', 'previous'],
  ['ArrowRight', 'next'],
  ['PageUp', 'page back'],
  ['PageDown', 'page forward'],
  ['Home', 'first'],
  ['End', 'last'],
]);

/**
 * What all charts share: a title, tools (table view, PNG, CSV), one stop of the Tab key with the arrow keys
 * moving a cursor, and a read-out of the cursor that screen readers speak.
 */
export function chartFrame(parts: ChartParts, host: ChartHost): ChartFrame {
  const heading = element('h3', { text: parts.title, attributes: { id: freshId('chart') } });
  const remark = element('span', { class: 'remark' });
  const legend = element('div', { class: 'legend' });
  const canvas = element('canvas', {
    attributes: { tabindex: '0', role: 'application', 'aria-roledescription': 'chart' },
  });
  const plot = element('div', { class: 'plot' }, canvas);
  const live = element('div', { class: 'unseen', attributes: { 'aria-live': 'polite', role: 'status' } });
  const tableHost = element('div', { class: 'chart-table' });
  tableHost.hidden = true;

  let showsTable = false;
  const setTable = (shown: boolean) => {
    showsTable = shown;
    plot.hidden = shown;
    legend.inert = shown;
    tableHost.hidden = !shown;
    toggle.replaceWith((toggle = makeToggle()));
    toggle.focus();
    refresh();
  };
  const makeToggle = () =>
    showsTable
      ? iconButton('chart', `Show ${parts.title} as a chart`, () => setTable(false))
      : iconButton('table', `Show ${parts.title} as a table`, () => setTable(true));
  let toggle = makeToggle();

  const reset = button('Reset zoom', () => parts.resetZoom?.());
  reset.element.classList.add('small');
  reset.element.hidden = true;

  const saveCsv = () => {
    const { header, rows } = parts.csv();
    host.saveText(`${fileName(parts.title)}.csv`, toCsv(header, rows));
  };
  const savePng = () =>
    void renderPng(parts.title, canvas, legend).then((png) =>
      host.saveImage(`${fileName(parts.title)}.png`, png),
    );

  const tools = element('div', { class: 'tools' });
  const exports = element(
    'div',
    { class: 'tools' },
    reset.element,
    toggle,
    iconButton('image', `Save ${parts.title} as PNG`, savePng),
    iconButton('csv', `Save the data of ${parts.title} as CSV`, saveCsv),
  );
  const frame = element(
    'section',
    { class: 'chart', attributes: { 'aria-labelledby': heading.id } },
    element('header', {}, heading, remark, legend, tools, exports),
    plot,
    tableHost,
    live,
  );

  canvas.addEventListener('keydown', (event) => {
    const move = KEYS.get(event.key);
    const across = { ArrowUp: 'up', ArrowDown: 'down' }[event.key] as 'up' | 'down' | undefined;
    if (move) parts.cursor.move(move);
    else if (across && parts.cursor.moveAcross) parts.cursor.moveAcross(across);
    else if (event.key === '+' || event.key === '=') parts.zoom?.(2);
    else if (event.key === '-') parts.zoom?.(0.5);
    else if (event.key === '0') parts.resetZoom?.();
    else if (event.key === 'Escape') {
      parts.cursor.clear();
      canvas.blur();
      setText(live, '');
      return;
    } else return;
    event.preventDefault();
    setText(live, parts.cursor.readOut());
  });
  canvas.addEventListener('blur', () => parts.cursor.clear());

  const refresh = () => {
    canvas.setAttribute('aria-label', `${parts.describe()} Arrow keys read the values.`);
    if (parts.hover) {
      heading.title = parts.hover();
      canvas.setAttribute('aria-description', heading.title);
    }
    setText(remark, parts.note?.() ?? '');
    if (!showsTable) return;
    const content = parts.table();
    tableHost.replaceChildren(
      dataTable({ ...content, caption: parts.title }),
      ...(content.note === undefined ? [] : [element('p', { class: 'note', text: content.note })]),
    );
  };

  return {
    element: frame,
    canvas,
    plot,
    legend,
    tools,
    refresh,
    setZoomed: (zoomed) => (reset.element.hidden = !zoomed),
  };
}

/** A line of the legend in the picture, in pixels. */
const LEGEND_LINE = 20;

/** The chart as a picture with its title and legend, on the theme's background. */
async function renderPng(title: string, canvas: HTMLCanvasElement, legend: HTMLElement): Promise<Uint8Array> {
  const scale = canvas.width / Math.max(1, canvas.clientWidth);
  const { background, foreground, fontFamily, fontSize } = theme();
  const picture = element('canvas');
  const pen = picture.getContext('2d');
  if (!pen) throw new Error('The browser gives no drawing surface.');
  const titleFont = `600 ${fontSize + 2}px ${fontFamily}`;
  const legendFont = `${fontSize + 1}px ${fontFamily}`;
  pen.font = titleFont;
  const start = 10 + pen.measureText(title).width + 20;
  pen.font = legendFont;
  const items = placeLegend(pen, legend, start, canvas.clientWidth - 10);
  const lines = Math.max(0, ...items.map(({ line }) => line));
  const head = (34 + lines * LEGEND_LINE) * scale;

  picture.width = canvas.width;
  picture.height = canvas.height + head;
  pen.fillStyle = background;
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.scale(scale, scale);
  pen.fillStyle = foreground;
  pen.textBaseline = 'middle';
  pen.font = titleFont;
  pen.fillText(title, 10, 17);
  pen.font = legendFont;
  for (const { name, sample, x, line } of items) {
    const y = 17 + line * LEGEND_LINE;
    if (sample)
      pen.drawImage(sample, x, y - sample.clientHeight / 2, sample.clientWidth, sample.clientHeight);
    pen.fillText(name, x + (sample?.clientWidth ?? 0) + 6, y);
  }
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(canvas, 0, head);
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The browser could not make the picture.');
  return new Uint8Array(await blob.arrayBuffer());
}

/** Sets the names of the legend that are switched on side by side, on as many lines as they need. */
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
