import './main.css';
import type { FromComparison, ToComparison } from '../../src/protocol/comparison';
import { connect } from '../host';
import { FIRST_STACK_VIEW, type ChartStackView } from '../ui/chartStack';
import { savingHost } from '../ui/chartHost';
import { tabs } from '../ui/controls';
import { app, element } from '../ui/dom';
import { comparedRun, updateRun, type ComparedRun } from './comparedRun';
import { overlay } from './overlay';
import { FIRST_TABLE_VIEW, runTable, type RunTableView } from './runTable';

interface State {
  /** The runs that the panel compares: by them VS Code brings it back in a reloaded window. */
  readonly folders?: readonly string[];
  readonly tab: string;
  readonly convergence: ChartStackView;
  readonly table: RunTableView;
}

const host = connect<ToComparison, FromComparison, State>();
let state: State = {
  tab: '',
  convergence: FIRST_STACK_VIEW,
  table: FIRST_TABLE_VIEW,
  ...host.getState(),
};
const keep = (change: Partial<State>) => host.setState((state = { ...state, ...change }));

const files = savingHost(host.post);
const curves = overlay(state.convergence, files, (convergence) => keep({ convergence }));
const table = runTable(files, {
  view: state.table,
  onView: (view) => keep({ table: view }),
  openRun: (folder) => host.post({ type: 'openRun', folder }),
});
const page = [
  element('h1', { text: 'Runs compared' }),
  tabs(
    'Views of the comparison',
    [
      { id: 'convergence', label: 'Convergence', content: curves.element },
      { id: 'runs', label: 'Runs', content: table.element },
    ],
    state.tab,
    (tab) => keep({ tab }),
  ).element,
];

let folders: readonly string[] = [];
const runs = new Map<string, ComparedRun>();

host.onMessage((told) => {
  if (told.type === 'runs') {
    folders = told.folders;
    keep({ folders });
    return;
  }
  const { folder, message } = told;
  const run = runs.get(folder);
  if (message.type === 'snapshot') runs.set(folder, comparedRun(message.run, folders.indexOf(folder)));
  else if (run) updateRun(run, message);
  show();
});
host.post({ type: 'ready' });

function show(): void {
  const inOrder = folders.flatMap((folder) => runs.get(folder) ?? []);
  if (inOrder.length === 0) return;
  if (!page[0]!.isConnected) app().replaceChildren(...page);
  curves.setRuns(inOrder);
  table.setRuns(inOrder);
}
