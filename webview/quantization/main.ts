import './main.css';
import type { FromRunPanel, ToRunPanel } from '../../src/protocol/messages';
import { connect } from '../host';
import { savingHost } from '../ui/chartHost';
import { app, element } from '../ui/dom';
import {
  FIRST_QUANTIZATION_VIEW,
  quantizationReport,
  type QuantizationView,
} from '../ui/quantization/quantizationReport';
import { runHeader } from '../ui/runHeader';
import { applyIncrement, modelOf, type RunModel } from '../ui/runModel';
import { outputList } from './outputList';

interface State extends QuantizationView {
  /** The run that the panel shows: by it VS Code brings the panel back in a reloaded window. */
  readonly folder?: string;
}

const host = connect<ToRunPanel, FromRunPanel, State>();
let state: State = { ...FIRST_QUANTIZATION_VIEW, ...host.getState() };
const keep = (change: Partial<State>) => host.setState((state = { ...state, ...change }));

const header = runHeader({
  cancel: () => host.post({ type: 'cancel' }),
  showLog: () => host.post({ type: 'showLog' }),
  export: (format) => host.post({ type: 'export', format }),
});
const outputs = outputList((path) => host.post({ type: 'openOutput', path }));
const report = quantizationReport(savingHost(host.post), {
  view: state,
  onView: keep,
  outputs: outputs.element,
  pack: () => host.post({ type: 'pack' }),
});
const page = element('div', {}, header.element, ...report.sections);

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
  outputs.update(run);
  report.update(run);
}
