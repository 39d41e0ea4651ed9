import { element } from './dom';
import { formatNumber } from './format';

export interface TableContent {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

/** A plain table for reading: numbers right-aligned in figures of equal width, the whole in a box that scrolls. */
export function dataTable(content: TableContent & { readonly caption: string }): HTMLElement {
  const numeric = content.columns.map((_, k) =>
    content.rows.every((row) => typeof row[k] === 'number' || row[k] === undefined),
  );
  const kind = (k: number) => (numeric[k] ? { class: 'number' } : {});
  const head = element(
    'tr',
    {},
    ...content.columns.map((text, k) => element('th', { ...kind(k), text, attributes: { scope: 'col' } })),
  );
  const body = content.rows.map((row) =>
    element('tr', {}, ...row.map((cell, k) => element('td', { ...kind(k), text: cellText(cell) }))),
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

function cellText(cell: string | number | undefined): string {
  if (cell === undefined) return '';
  return typeof cell === 'number' ? formatNumber(cell, 5) : cell;
}
