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

/** A cell by its place, counted from the left and from below. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

export function columnsOf({ xs }: HeatMapData): number {
  return Math.max(0, xs.length - 1);
}

export function rowsOf({ ys }: HeatMapData): number {
  return Math.max(0, ys.length - 1);
}

/** NaN where the cell has no value. */
export function valueAt(data: HeatMapData, { column, row }: Cell): number {
  return data.values[row * columnsOf(data) + column] ?? NaN;
}

/** The middle of a cell, as its axis measures. */
export function middleOf(edges: readonly number[], at: number, scale: 'linear' | 'logarithmic'): number {
  const [from, to] = [edges[at]!, edges[at + 1]!];
  return scale === 'logarithmic' ? Math.sqrt(from * to) : (from + to) / 2;
}

/** The cell between whose edges a value lies. */
export function placeIn(edges: readonly number[], value: number | undefined): number | undefined {
  if (value === undefined || edges.length < 2 || value < edges[0]! || value > edges.at(-1)!) return undefined;
  const after = edges.findIndex((edge) => edge > value);
  return after < 0 ? edges.length - 2 : after - 1;
}
