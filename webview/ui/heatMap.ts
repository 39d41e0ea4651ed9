import type { Scale } from 'chart.js';
import { axisTicks } from './axisTicks';
import { chartFrame, type ChartHost, type CursorMove } from './chartFrame';
import { cursorPlace } from './cursorPlace';
import { element, setText } from './dom';
import { formatNumber, formatTick } from './format';
import { columnsOf, middleOf, placeIn, rowsOf, valueAt, type Cell, type HeatMapData } from './heatMapData';
import { heatPainter } from './heatPainter';
import { oncePerFrame } from './oncePerFrame';
import { paintedChart } from './paintedChart';
import { onThemeChange, theme } from './theme';
import { tip } from './tip';

export interface HeatMapOptions {
  readonly title: string;
  readonly caption?: string;
  readonly hover?: () => string;
  readonly note?: () => string | undefined;
  readonly xTitle: string;
  readonly yTitle: string;
  /** What a cell's value is: `ρ`, `weights`. */
  readonly valueName: string;
  readonly xScale: 'linear' | 'logarithmic';
  readonly yScale: 'linear' | 'logarithmic';
  readonly formatX?: (x: number) => string;
  readonly formatValue?: (value: number) => string;
  /** Picks the row of a cell that is clicked, or where Enter is pressed. */
  readonly onPick?: (row: number) => void;
}

export interface HeatMap {
  readonly element: HTMLElement;
  setData(data: HeatMapData): void;
  dispose(): void;
}

/** Rows that the table view shows at most; the CSV has all. */
const TABLE_ROWS = 500;
/** Height of a row that has a name, and of what is around the rows, in pixels. */
const ROW_HEIGHT = 22;
const AROUND_ROWS = 52;

/**
 * A plane of cells: the fuller a cell's colour, the greater its value. Lines and marks lie over it. The cursor
 * goes from cell to cell by the four arrows.
 */
export function heatMap(options: HeatMapOptions, host: ChartHost): HeatMap {
  const { title, formatX = (x: number) => formatNumber(x, 3), formatValue = formatNumber, onPick } = options;
  let data: HeatMapData = { xs: [], ys: [], values: new Float64Array(0), range: [0, 1] };
  let cursor: Cell | undefined;

  const columns: readonly string[] = [options.xTitle, options.yTitle, options.valueName];
  const frame = chartFrame(
    {
      title,
      ...(options.caption !== undefined && { caption: options.caption }),
      ...(options.hover && { hover: options.hover }),
      ...(options.note && { note: options.note }),
      describe: () => {
        const size = `${across()} by ${down()} cells`;
        const over = [...(data.lines ?? []), ...(data.marks ?? [])].map(({ name }) => `; ${name}`).join('');
        return `Map of ${options.valueName} over ${options.xTitle} and ${options.yTitle}, ${size}${over}.`;
      },
      cursor: { move, moveAcross, clear: () => setCursor(undefined), readOut },
      table: () => {
        const rows = [...cells()];
        const note = `The first ${TABLE_ROWS} cells. Save as CSV for all of them.`;
        return { columns, rows: rows.slice(0, TABLE_ROWS), ...(rows.length > TABLE_ROWS && { note }) };
      },
      csv: () => ({ header: columns, rows: cells() }),
    },
    host,
  );
  const range = element('span', { class: 'quiet' });
  frame.legend.append(range);
  const box = tip(frame.plot);
  const chart = paintedChart(
    frame.canvas,
    heatPainter(() => ({ data, cursor })),
  );
  frame.canvas.addEventListener('pointermove', (event) => setCursor(cellUnder(event)));
  frame.canvas.addEventListener('pointerleave', () => setCursor(undefined));
  if (onPick) {
    frame.canvas.classList.add('selectable');
    frame.canvas.addEventListener('click', pick);
    frame.canvas.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') pick();
    });
  }
  const draw = oncePerFrame(render);
  const forgetTheme = onThemeChange(render);
  const watchSize = new ResizeObserver(draw);
  watchSize.observe(frame.element);

  function across(): number {
    return columnsOf(data);
  }

  function down(): number {
    return rowsOf(data);
  }

  function columnAt(column: number): number {
    return middleOf(data.xs, column, options.xScale);
  }

  function rowAt(row: number): number {
    return middleOf(data.ys, row, options.yScale);
  }

  function rowName(row: number): string {
    return data.rowNames?.[row] ?? formatNumber(rowAt(row), 3);
  }

  function* cells(): Generator<(string | number | undefined)[]> {
    for (let row = 0; row < down(); row++) {
      for (let column = 0; column < across(); column++) {
        const value = valueAt(data, { column, row });
        if (Number.isNaN(value)) continue;
        yield [columnAt(column), data.rowNames?.[row] ?? rowAt(row), value];
      }
    }
  }

  function pick(): void {
    if (cursor) onPick?.(cursor.row);
  }

  function cellUnder(event: MouseEvent): Cell | undefined {
    const { x, y } = chart.scales;
    if (!x || !y) return undefined;
    const column = placeIn(data.xs, x.getValueForPixel(event.offsetX));
    const row = placeIn(data.ys, y.getValueForPixel(event.offsetY));
    return column === undefined || row === undefined ? undefined : { column, row };
  }

  function move(to: CursorMove): void {
    if (across() === 0) return;
    const column = cursorPlace(to, cursor?.column, across() - 1);
    setCursor({ column, row: cursor?.row ?? down() - 1 });
  }

  function moveAcross(to: 'up' | 'down'): void {
    if (!cursor) {
      move('first');
      return;
    }
    const row = cursor.row + (to === 'up' ? 1 : -1);
    setCursor({ column: cursor.column, row: Math.min(down() - 1, Math.max(0, row)) });
  }

  function setCursor(cell: Cell | undefined): void {
    if (cell?.column === cursor?.column && cell?.row === cursor?.row) return;
    cursor = cell;
    chart.draw();
    showTip();
  }

  function readOut(): string {
    if (!cursor) return 'No values yet.';
    const value = valueAt(data, cursor);
    const text = Number.isNaN(value) ? 'no value' : formatValue(value);
    return `${options.xTitle} ${formatX(columnAt(cursor.column))}, ${options.yTitle} ${rowName(cursor.row)}: ${options.valueName} ${text}.`;
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    if (!cursor || !x || !y) {
      box.hide();
      return;
    }
    const value = valueAt(data, cursor);
    const row = (name: string, text: string) => [
      element('td', { text: name }),
      element('td', { class: 'number', text }),
    ];
    const place = columnAt(cursor.column);
    box.show(
      `${options.xTitle} ${formatX(place)}`,
      [
        row(options.yTitle, rowName(cursor.row)),
        row(options.valueName, Number.isNaN(value) ? '–' : formatValue(value)),
      ],
      x.getPixelForValue(place),
      y.getPixelForValue(rowAt(cursor.row)) + 8,
    );
  }

  function render(): void {
    if (frame.element.clientWidth === 0 || across() === 0) return;
    const { rowNames } = data;
    if (rowNames) frame.plot.style.height = `${rowNames.length * ROW_HEIGHT + AROUND_ROWS}px`;
    chart.options.scales = {
      x: axis(data.xs, options.xTitle, options.xScale, options.formatX ?? formatTick),
      y: rowAxis(),
    };
    const [low, high] = data.range;
    setText(range, `${options.valueName} from ${formatValue(low)}, faint, to ${formatValue(high)}, full`);
    chart.resize();
    chart.update('none');
    frame.refresh();
    showTip();
  }

  function axis(
    edges: readonly number[],
    text: string,
    type: 'linear' | 'logarithmic',
    format: (value: number) => string,
  ) {
    return {
      type,
      min: edges[0]!,
      max: edges.at(-1)!,
      title: { display: true, text },
      grid: { display: false },
      border: { color: theme().border },
      ticks: { ...axisTicks(format), maxTicksLimit: 7, autoSkipPadding: 18 },
    };
  }

  function rowAxis() {
    const { rowNames } = data;
    const plain = axis(data.ys, options.yTitle, options.yScale, formatTick);
    if (!rowNames) return plain;
    return {
      ...plain,
      title: { display: false },
      afterBuildTicks: (scale: Scale) => {
        scale.ticks = rowNames.map((_, row) => ({ value: rowAt(row) }));
      },
      ticks: {
        ...plain.ticks,
        autoSkip: false,
        callback: (_value: number | string, row: number) => rowNames[row] ?? '',
      },
    };
  }

  return {
    element: frame.element,
    setData: (next) => {
      data = next;
      if (cursor && (cursor.column >= across() || cursor.row >= down())) cursor = undefined;
      draw();
    },
    dispose: () => {
      forgetTheme();
      watchSize.disconnect();
      chart.destroy();
      frame.element.remove();
    },
  };
}
