import type { TableContent } from './dataTable';
import type { SeriesColumns, XAxis } from './seriesColumns';
import { mergedRows } from './seriesRows';

/** Rows that the table view shows at most; the CSV has all. */
const TABLE_ROWS = 500;

/** Every sample of some series: a row a step, with its place on each of the axes. */
export function* lineRows(
  series: readonly SeriesColumns[],
  axes: readonly XAxis[],
): Generator<(number | undefined)[]> {
  for (const row of mergedRows(series)) yield [...axes.map((axis) => row[axis]), ...row.values];
}

/** The newest rows of {@link lineRows}, as many as are shown, the newest first. */
export function lineTable(
  series: readonly SeriesColumns[],
  axes: readonly XAxis[],
  columns: readonly string[],
): TableContent & { readonly note?: string } {
  const rows: (number | undefined)[][] = [];
  for (const row of mergedRows(series, 'newest first')) {
    if (rows.length === TABLE_ROWS) {
      return { columns, rows, note: `The newest ${TABLE_ROWS} rows. Save as CSV for all of them.` };
    }
    rows.push([...axes.map((axis) => row[axis]), ...row.values]);
  }
  return { columns, rows };
}
