import './main.css';
import type { FromRunPanel, ToRunPanel } from '../../src/protocol/messages';
import { connect } from '../host';
import { savingHost } from '../ui/chartHost';
import { app, element } from '../ui/dom';
import { errorChart } from '../ui/errorChart';
import { runHeader } from '../ui/runHeader';
import { applyIncrement, modelOf, type RunModel } from '../ui/runModel';
import { tiles } from '../ui/tiles';
import { outputList } from './outputList';
import { summaryTiles } from './summaryTiles';
import type { TensorOrder } from './tensorColumns';
import { tensorDetail } from './tensorDetail';
import { tensorTable } from './tensorTable';

interface State {
  /** The run that the panel shows: by it VS Code brings the panel back in a reloaded window. */
  readonly folder?: string;
  readonly order: TensorOrder;
  /** Name of the chosen tensor. */
  readonly selected?: string;
}

const host = connect<ToRunPanel, FromRunPanel, State>();
let state: State = { order: { descending: false }, ...host.getState() };
const keep = (change: Partial<State>) => host.setState((state = { ...state, ...change }));

const header = runHeader({
  cancel: () => host.post({ type: 'cancel' }),
  showLog: () => host.post({ type: 'showLog' }),
  export: (format) => host.post({ type: 'export', format }),
});
const figures = tiles('The whole model');
const outputs = outputList((path) => host.post({ type: 'openOutput', path }));
const charts = savingHost(host.post);
const errors = errorChart(charts, select);
const table = tensorTable(state.order, (order) => keep({ order }), select);
const detail = tensorDetail(charts);
const waiting = element('p', {
  class: 'empty',
  text: 'No tensor is done yet. Each appears here as soon as it is.',
});
const body = element('div', { class: 'report-body' }, errors.element, table.element, detail.element);
const page = element('div', {}, header.element, figures.element, outputs.element, waiting, body);

let model: RunModel | undefined;

host.onMessage((message) => {
  switch (message.type) {
    case 'snapshot':
      model = modelOf(message.run);
      keep({ folder: message.run.summary.folder });
      if (!page.isConnected) app().replaceChildren(page);
      show(model);
      return;
    case 'increment':
      if (!model) return;
      applyIncrement(model, message);
      show(model);
      return;
    case 'gone':
      header.gone();
  }
});
host.post({ type: 'ready' });

function show(run: RunModel): void {
  header.update(run);
  figures.set(summaryTiles(run));
  outputs.update(run);
  waiting.hidden = run.tensors.length > 0;
  body.hidden = run.tensors.length === 0;
  table.setTensors(run.tensors);
  errors.setRuns([{ name: 'SNR', tensors: run.tensors }]);
  errors.element.hidden = !run.tensors.some((tensor) => tensor.action === 'quantized');
  showSelected(run);
}

function select(name: string): void {
  keep({ selected: name });
  if (model) showSelected(model);
}

/** The chosen tensor; until one is chosen, the first that has a decomposition to look at. */
function showSelected(run: RunModel): void {
  const tensor =
    run.tensors.find(({ name }) => name === state.selected) ??
    run.tensors.find(({ decomposition }) => decomposition !== undefined);
  table.select(tensor?.name);
  errors.select(tensor?.name);
  detail.show(tensor);
}
