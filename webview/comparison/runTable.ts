import type { ChartHost } from '../ui/chartFrame';
import { button, checkbox, disclosure } from '../ui/controls';
import { toCsv } from '../ui/csv';
import { element } from '../ui/dom';
import { runName } from '../ui/runName';
import { drawSample, seriesStyle } from '../ui/seriesStyle';
import { onThemeChange } from '../ui/theme';
import type { ComparedRun } from './comparedRun';
import { runColumns, type RunColumn } from './runColumns';
import { sortRuns, type RunOrder } from './runOrder';

/** What a person chose in the table. */
export interface RunTableView {
  readonly order: RunOrder;
  /** Identifiers of columns that are not shown. */
  readonly hidden: readonly string[];
  readonly choosing: boolean;
}

export const FIRST_TABLE_VIEW: RunTableView = { order: { descending: false }, hidden: [], choosing: false };

export interface RunTableOptions {
  readonly view: RunTableView;
  readonly onView: (view: RunTableView) => void;
  readonly openRun: (folder: string) => void;
}

export interface RunTable {
  readonly element: HTMLElement;
  /** The runs to show from now on; the same objects may have grown. */
  setRuns(runs: readonly ComparedRun[]): void;
}

/** The runs as rows, with the columns that a person chooses, sorted by any of them. */
export function runTable(host: ChartHost, { view: first, onView, openRun }: RunTableOptions): RunTable {
  let view = first;
  let runs: readonly ComparedRun[] = [];
  let columns: readonly RunColumn[] = [];
  let drawn = '';

  const choices = element('div', { class: 'column-choices' });
  const chooser = disclosure('Columns', view.choosing, () => change({ choosing: chooser.isOpen() }), choices);
  const save = button('Save as CSV', () => host.saveText('runs.csv', csv()));
  const headRow = element('tr');
  const body = element('tbody');
  const box = element(
    'div',
    { class: 'table-box', attributes: { tabindex: '0', role: 'region', 'aria-label': 'Table: Runs' } },
    element('table', { class: 'sortable' }, element('thead', {}, headRow), body),
  );
  onThemeChange(() => {
    drawn = '';
    draw();
  });

  function change(next: Partial<RunTableView>): void {
    view = { ...view, ...next };
    onView(view);
    draw();
  }

  function shownColumns(): readonly RunColumn[] {
    return [nameColumn(), ...columns.filter(({ id }) => !view.hidden.includes(id))];
  }

  function nameColumn(): RunColumn {
    const name = (run: ComparedRun) => runName(run, runs);
    return { id: 'name', label: 'Run', title: 'Opens the run', numeric: false, value: name, text: name };
  }

  function setColumns(next: readonly RunColumn[]): void {
    const ids = (all: readonly RunColumn[]) => all.map(({ id }) => id).join('\n');
    const same = ids(next) === ids(columns);
    columns = next;
    if (same) return;
    choices.replaceChildren(...columns.map(choice));
  }

  function choice({ id, label }: RunColumn): HTMLElement {
    const box = checkbox(
      {
        label,
        onChange: () => {
          const others = view.hidden.filter((hidden) => hidden !== id);
          change({ hidden: box.get() ? others : [...others, id] });
        },
      },
      !view.hidden.includes(id),
    );
    return box.element;
  }

  /** Up, down, and back to the order of the choice; of numbers the highest first. */
  function sortBy({ id, numeric }: RunColumn): void {
    const { order } = view;
    if (order.column !== id) change({ order: { column: id, descending: numeric } });
    else if (order.descending === numeric) change({ order: { column: id, descending: !numeric } });
    else change({ order: { descending: false } });
  }

  function draw(): void {
    const shown = shownColumns();
    const sorted = sortRuns(runs, shown, view.order);
    const face = JSON.stringify([
      view.order,
      shown.map(({ id }) => id),
      sorted.map((run) => [run.stroke, ...shown.map((column) => column.text(run))]),
    ]);
    if (face === drawn) return;
    drawn = face;
    const focus = document.activeElement?.getAttribute('data-key') ?? undefined;
    headRow.replaceChildren(...shown.map(head));
    body.replaceChildren(...sorted.map((run) => row(run, shown)));
    if (focus !== undefined) box.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  }

  function head(column: RunColumn): HTMLElement {
    const attributes = { type: 'button', 'data-key': column.id };
    const press = element('button', { text: column.label, attributes });
    press.addEventListener('click', () => sortBy(column));
    const { order } = view;
    return element(
      'th',
      {
        ...(column.numeric && { class: 'number' }),
        title: column.title,
        attributes: {
          scope: 'col',
          ...(order.column === column.id && { 'aria-sort': order.descending ? 'descending' : 'ascending' }),
        },
      },
      press,
    );
  }

  function row(run: ComparedRun, [name, ...shown]: readonly RunColumn[]): HTMLElement {
    const link = element('button', {
      class: 'link',
      text: name!.text(run),
      attributes: { type: 'button', 'data-key': run.summary.id },
    });
    link.addEventListener('click', () => openRun(run.summary.folder));
    const sample = drawSample(seriesStyle(run.stroke), false);
    return element(
      'tr',
      {},
      element('th', { class: 'run', attributes: { scope: 'row' } }, sample, link),
      ...shown.map((column) =>
        element('td', { text: column.text(run), ...(column.numeric && { class: 'number' }) }),
      ),
    );
  }

  /** The columns that are shown, in the order in which the runs are shown, each run with its folder's name. */
  function csv(): string {
    const shown = shownColumns();
    return toCsv(
      ['id', ...shown.map(({ id }) => id)],
      sortRuns(runs, shown, view.order).map((run) => [
        run.summary.id,
        ...shown.map((column) => column.value(run)),
      ]),
    );
  }

  return {
    element: element(
      'section',
      { class: 'run-table', attributes: { 'aria-label': 'Table of runs' } },
      element('div', { class: 'table-tools' }, chooser.element, save.element),
      box,
    ),
    setRuns: (next) => {
      runs = next;
      setColumns(runColumns(runs));
      draw();
    },
  };
}
