import type { TensorResult } from '../../../src/protocol/events';
import { textField } from '../controls';
import { element, setText } from '../dom';
import { formatCount } from '../format';
import { nameLines } from './tensorName';
import { columnsOf, sortTensors, type TensorColumn, type TensorOrder } from './tensorColumns';

export interface TensorTable {
  readonly element: HTMLElement;
  /** All tensors in the order of the file; what was there before is unchanged. */
  setTensors(tensors: readonly TensorResult[]): void;
  select(name: string | undefined): void;
  /** Brings the chosen row into sight: for what a person chose elsewhere. */
  reveal(): void;
}

/**
 * The table of tensors: sorted by any column, filtered by name, grown while the run goes. It is one stop of
 * the Tab key; the arrow keys move over the rows, Enter or Space chooses one.
 */
export function tensorTable(
  first: TensorOrder,
  onOrder: (order: TensorOrder) => void,
  onSelect: (name: string) => void,
): TensorTable {
  let order = first;
  let tensors: readonly TensorResult[] = [];
  let selected: string | undefined;
  const rows = new Map<string, HTMLTableRowElement>();

  const filter = textField({ label: 'Tensors', placeholder: 'Filter by name', onChange: () => draw() });
  const count = element('span', { class: 'quiet' });
  let columns: readonly TensorColumn[] = [];
  let heads: readonly HTMLElement[] = [];
  const headRow = element('tr');
  const body = element('tbody');
  const table = element(
    'table',
    { class: 'sortable', attributes: { role: 'grid', 'aria-label': 'Tensors' } },
    element('thead', {}, headRow),
    body,
  );

  const box = element('div', { class: 'table-box' }, table);

  body.addEventListener('click', (event) => choose(event.target));
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') choose(event.target);
    else if (!moveFocus(event.key)) return;
    event.preventDefault();
  });

  /** Columns may come with the first tensor that has something to show there. */
  function setColumns(next: readonly TensorColumn[]): void {
    if (next.length === columns.length) return;
    columns = next;
    rows.clear();
    heads = columns.map((column) => {
      const press = element('button', { text: column.label, attributes: { type: 'button' } });
      press.addEventListener('click', () => sortBy(column.id, column.numeric));
      const head = column.numeric ? { class: 'number' } : {};
      return element('th', { ...head, title: column.title, attributes: { scope: 'col' } }, press);
    });
    headRow.replaceChildren(...heads);
  }

  function choose(target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest('tr') : null;
    const name = row?.dataset['name'];
    if (name !== undefined) onSelect(name);
  }

  function moveFocus(key: string): boolean {
    const all = [...body.children] as HTMLElement[];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[key];
    const row = to === undefined ? undefined : all[to];
    if (!row) return to !== undefined;
    stopAt(row);
    row.focus({ preventScroll: true });
    bringIntoSight(row);
    return true;
  }

  /** Upwards and downwards alone: a row is wider than a narrow panel. */
  function bringIntoSight(row: HTMLElement): void {
    const left = box.scrollLeft;
    row.scrollIntoView({ block: 'nearest' });
    box.scrollLeft = left;
  }

  function sortBy(column: string, numeric: boolean): void {
    const firstWay = numeric;
    if (order.column !== column) order = { column, descending: firstWay };
    else if (order.descending === firstWay) order = { column, descending: !firstWay };
    else order = { descending: false };
    onOrder(order);
    draw();
  }

  /** One row alone can be reached by Tab. */
  function stopAt(row: HTMLElement | undefined): void {
    for (const other of body.querySelectorAll('tr[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    row?.setAttribute('tabindex', '0');
  }

  function draw(): void {
    const wanted = filter.get().trim().toLowerCase();
    const seen = sortTensors(tensors, order).filter((t) => t.name.toLowerCase().includes(wanted));
    const focused =
      document.activeElement instanceof HTMLTableRowElement ? document.activeElement : undefined;
    const next = seen.map((tensor) => rowOf(tensor));
    // Rows that only grew at the end are not moved: a selection and the scroll position stay.
    const grown =
      next.length >= body.childElementCount && [...body.children].every((row, k) => row === next[k]);
    if (grown) body.append(...next.slice(body.childElementCount));
    else body.replaceChildren(...next);
    if (focused?.isConnected) focused.focus();
    if (!body.querySelector('tr[tabindex="0"]')) stopAt(next[0]);
    heads.forEach((head, k) => {
      if (columns[k]!.id === order.column) {
        head.setAttribute('aria-sort', order.descending ? 'descending' : 'ascending');
      } else head.removeAttribute('aria-sort');
    });
    const all = tensors.length === 1 ? '1 tensor' : `${formatCount(tensors.length)} tensors`;
    setText(count, seen.length === tensors.length ? all : `${formatCount(seen.length)} of ${all}`);
  }

  function rowOf(tensor: TensorResult): HTMLTableRowElement {
    let row = rows.get(tensor.name);
    if (!row) {
      const cells = columns.map((column) => {
        if (column.id === 'name') return nameCell(tensor.name);
        return element('td', { text: column.text(tensor), class: column.numeric ? 'number' : 'words' });
      });
      row = element(
        'tr',
        { class: tensor.action, attributes: { tabindex: '-1', 'data-name': tensor.name } },
        ...cells,
      );
      row.setAttribute('aria-selected', String(tensor.name === selected));
      rows.set(tensor.name, row);
    }
    return row;
  }

  return {
    element: element(
      'section',
      { class: 'tensor-table', attributes: { 'aria-label': 'Table of tensors' } },
      element('div', { class: 'filter' }, filter.element, count),
      box,
    ),
    setTensors: (next) => {
      if (next.length < rows.size) rows.clear();
      tensors = next;
      setColumns(columnsOf(tensors));
      draw();
    },
    select: (name) => {
      if (selected !== undefined) rows.get(selected)?.setAttribute('aria-selected', 'false');
      selected = name;
      const row = name === undefined ? undefined : rows.get(name);
      if (!row) return;
      row.setAttribute('aria-selected', 'true');
      stopAt(row);
    },
    reveal: () => {
      const row = selected === undefined ? undefined : rows.get(selected);
      if (row) bringIntoSight(row);
    },
  };
}

function nameCell(name: string): HTMLTableCellElement {
  const lines = nameLines(name);
  if (lines.length === 1) return element('td', { text: name, title: name });
  const [place, end] = lines;
  return element(
    'td',
    { title: name },
    element('span', { class: 'place', text: place }),
    element('span', { class: 'end', text: end }),
  );
}
