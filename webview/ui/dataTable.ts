import { element } from './dom';
import { formatFixed, formatTick } from './format';

export interface TableContent {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

/** A plain table for reading: numbers right-aligned in figures of equal width, the whole in a box that scrolls. */
export function dataTable(content: TableContent & { readonly caption: string }): HTMLElement {
  const numeric = content.columns.map((_, k) => content.rows.every((row) => isNumeric(row[k])));
  const digits = content.columns.map((_, k) =>
    numeric[k] ? decimals(content.rows.map((row) => row[k])) : undefined,
  );
  const kind = (k: number) => (numeric[k] ? { class: 'number' } : {});
  const head = element(
    'tr',
    {},
    ...content.columns.map((text, k) => element('th', { ...kind(k), text, attributes: { scope: 'col' } })),
  );
  const body = content.rows.map((row) =>
    element(
      'tr',
      {},
      ...row.map((cell, k) => element('td', { ...kind(k), text: cellText(cell, digits[k]) })),
    ),
  );
  return element(
    'div',
    {
      class: 'table-box',
      attributes: { tabindex: '0', role: 'region', 'aria-label': `Table: ${content.caption}` },
    },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

type Cell = TableContent['rows'][number][number];

/** A number, a text that is one with its unit (`24.8 s`, `1 min 11 s`), or the dash of a number that is not there. */
function isNumeric(cell: Cell): boolean {
  return typeof cell !== 'string' || /^(–|−?[\d.,]+( \S+)?( \d+ \S+)?)$/.test(cell);
}

/**
 * Digits after the point for a column of numbers: what five significant digits of each value need, but
 * seven at most for the largest. `undefined` where the values differ so much in size that the small ones
 * would vanish: then each gets a form of its own.
 */
function decimals(cells: readonly Cell[]): number | undefined {
  const sizes = cells.flatMap((cell) =>
    typeof cell === 'number' && Number.isFinite(cell) && cell !== 0 ? [Math.abs(cell)] : [],
  );
  const largest = Math.max(1, ...sizes);
  if (largest >= 1e15) return undefined;
  const wanted = Math.max(0, ...sizes.map((size) => fraction(String(Number(size.toPrecision(5))))));
  const most = Math.max(0, 6 - Math.floor(Math.log10(largest)));
  return sizes.some((size) => size * 10 ** most < 100) && wanted > most ? undefined : Math.min(wanted, most);
}

function fraction(text: string): number {
  if (text.includes('e')) return Infinity;
  return text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
}

function cellText(cell: Cell, digits: number | undefined): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  return digits === undefined || !Number.isFinite(cell) ? formatTick(cell) : formatFixed(cell, digits);
}
