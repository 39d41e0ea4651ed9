import type { Plugin, Scale } from 'chart.js';
import { chartFrame, type ChartHost, type CursorMove } from './chartFrame';
import { cursorPlace } from './cursorPlace';
import { element, setText } from './dom';
import { formatNumber, formatTick } from './format';
import { heatColors } from './heatColors';
import { oncePerFrame } from './oncePerFrame';
import { paintedChart } from './paintedChart';
import { onThemeChange, theme } from './theme';
import { tip } from './tip';
import type { Range } from './trace';

/** Values over cells of a plane. */
export interface HeatMapData {
  /** Edges of the columns and of the rows, rising: one more than there are cells. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** Row-major `[rows, columns]`; NaN where there is none. */
  readonly values: Float64Array;
  /** Values of the faintest and of the fullest colour. */
  readonly range: Range;
  /** Above it a value is bad, and its cell has the colour of errors. */
  readonly limit?: number;
  /** Of rows that are things with names, from the bottom up. */
  readonly rowNames?: readonly string[];
  readonly lines?: readonly HeatMapLine[];
  readonly marks?: readonly HeatMapMark[];
}

export interface HeatMapLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A place that means something, with its name beside it. */
export interface HeatMapMark {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface HeatMapOptions {
  readonly title: string;
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

interface Cell {
  readonly column: number;
  readonly row: number;
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
  const chart = paintedChart(frame.canvas, painter());
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
    return Math.max(0, data.xs.length - 1);
  }

  function down(): number {
    return Math.max(0, data.ys.length - 1);
  }

  function valueOf({ column, row }: Cell): number {
    return data.values[row * across() + column] ?? NaN;
  }

  function columnAt(column: number): number {
    return middle(data.xs, column, options.xScale);
  }

  function rowAt(row: number): number {
    return middle(data.ys, row, options.yScale);
  }

  function rowName(row: number): string {
    return data.rowNames?.[row] ?? formatNumber(rowAt(row), 3);
  }

  function* cells(): Generator<(string | number | undefined)[]> {
    for (let row = 0; row < down(); row++) {
      for (let column = 0; column < across(); column++) {
        const value = valueOf({ column, row });
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
    const value = valueOf(cursor);
    const text = Number.isNaN(value) ? 'no value' : formatValue(value);
    return `${options.xTitle} ${formatX(columnAt(cursor.column))}, ${options.yTitle} ${rowName(cursor.row)}: ${options.valueName} ${text}.`;
  }

  function showTip(): void {
    const { x, y } = chart.scales;
    if (!cursor || !x || !y) {
      box.hide();
      return;
    }
    const value = valueOf(cursor);
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
    chart.options.scales = { x: axis(data.xs, options.xTitle, options.xScale, formatX), y: rowAxis() };
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
      ticks: {
        padding: 6,
        maxRotation: 0,
        maxTicksLimit: 7,
        autoSkipPadding: 18,
        includeBounds: false,
        callback: (value: number | string) => format(Number(value)),
      },
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

  function painter(): Plugin<'line'> {
    return {
      id: 'heat',
      beforeDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
        const { x, y } = scales;
        if (!x || !y) return;
        const lefts = data.xs.map((edge) => Math.round(x.getPixelForValue(edge)));
        const bottoms = data.ys.map((edge) => Math.round(y.getPixelForValue(edge)));
        const rectangle = ({ column, row }: Cell) =>
          [
            lefts[column]!,
            bottoms[row + 1]!,
            lefts[column + 1]! - lefts[column]!,
            bottoms[row]! - bottoms[row + 1]!,
          ] as const;
        const colorOf = heatColors(data.range, data.limit);
        pen.save();
        pen.beginPath();
        pen.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
        pen.clip();
        for (let row = 0; row < down(); row++) {
          for (let column = 0; column < across(); column++) {
            const color = colorOf(valueOf({ column, row }));
            if (color === undefined) continue;
            pen.fillStyle = color;
            pen.fillRect(...rectangle({ column, row }));
          }
        }
        for (const line of data.lines ?? []) drawLine(pen, line, x, y);
        for (const mark of data.marks ?? []) drawMark(pen, mark, x, y, chartArea.right);
        if (cursor) {
          pen.strokeStyle = theme().focus;
          pen.lineWidth = 2;
          pen.strokeRect(...rectangle(cursor));
        }
        pen.restore();
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

/** The middle of a cell, as its axis measures. */
function middle(edges: readonly number[], at: number, scale: 'linear' | 'logarithmic'): number {
  const [from, to] = [edges[at]!, edges[at + 1]!];
  return scale === 'logarithmic' ? Math.sqrt(from * to) : (from + to) / 2;
}

/** The cell between whose edges a value lies. */
function placeIn(edges: readonly number[], value: number | undefined): number | undefined {
  if (value === undefined || edges.length < 2 || value < edges[0]! || value > edges.at(-1)!) return undefined;
  const after = edges.findIndex((edge) => edge > value);
  return after < 0 ? edges.length - 2 : after - 1;
}

function drawLine(pen: CanvasRenderingContext2D, { points }: HeatMapLine, x: Scale, y: Scale): void {
  pen.strokeStyle = theme().foreground;
  pen.lineWidth = 1.5;
  pen.setLineDash([6, 3]);
  pen.beginPath();
  for (const [px, py] of points) pen.lineTo(x.getPixelForValue(px), y.getPixelForValue(py));
  pen.stroke();
  pen.setLineDash([]);
}

/** A ring with its name, on the side where there is room, on a ground that keeps it legible. */
function drawMark(
  pen: CanvasRenderingContext2D,
  { name, x: px, y: py }: HeatMapMark,
  x: Scale,
  y: Scale,
  right: number,
): void {
  const { background, foreground, fontFamily, fontSize } = theme();
  const [left, top] = [x.getPixelForValue(px), y.getPixelForValue(py)];
  pen.font = `${fontSize}px ${fontFamily}`;
  const { width } = pen.measureText(name);
  const start = left + 10 + width > right ? left - 10 - width : left + 10;
  pen.fillStyle = background;
  pen.fillRect(start - 2, top - fontSize / 2 - 3, width + 4, fontSize + 6);
  pen.beginPath();
  pen.arc(left, top, 5, 0, 2 * Math.PI);
  pen.fill();
  pen.strokeStyle = pen.fillStyle = foreground;
  pen.lineWidth = 2;
  pen.stroke();
  pen.textBaseline = 'middle';
  pen.fillText(name, start, top);
}
