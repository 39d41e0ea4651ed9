import { button, iconButton } from './controls';
import { fileName, toCsv } from './csv';
import { dataTable, type TableContent } from './dataTable';
import { element, freshId, setText } from './dom';
import { chartPng } from './picture/chartPng';
import { chartSvg } from './picture/chartSvg';

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
  /** What the chart says to somebody who has never seen one like it, in a sentence below the title. */
  readonly caption?: string;
  /** What has to be said in sight, after the caption. */
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
 * What all charts share: a title, tools (table view, PNG, SVG, CSV), one stop of the Tab key with the arrow keys
 * moving a cursor, and a read-out of the cursor that screen readers speak.
 */
export function chartFrame(parts: ChartParts, host: ChartHost): ChartFrame {
  const heading = element('h3', { text: parts.title, attributes: { id: freshId('chart') } });
  const remark = element('span', { class: 'remark' });
  const caption = element('p', { class: 'caption' }, element('span', { text: parts.caption ?? '' }), remark);
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
    void chartPng(parts.title, canvas, legend).then((png) =>
      host.saveImage(`${fileName(parts.title)}.png`, png),
    );
  const saveSvg = () =>
    host.saveText(`${fileName(parts.title)}.svg`, chartSvg(parts.title, parts.describe(), canvas, legend));

  const tools = element('div', { class: 'tools' });
  const exports = element(
    'div',
    { class: 'tools' },
    reset.element,
    toggle,
    iconButton('image', `Save ${parts.title} as PNG`, savePng),
    iconButton('vector', `Save ${parts.title} as SVG`, saveSvg),
    iconButton('csv', `Save the data of ${parts.title} as CSV`, saveCsv),
  );
  const frame = element(
    'section',
    { class: 'chart', attributes: { 'aria-labelledby': heading.id } },
    element('header', {}, heading, legend, tools, exports),
    caption,
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
    const note = parts.note?.() ?? '';
    setText(remark, note);
    caption.hidden = parts.caption === undefined && note === '';
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
