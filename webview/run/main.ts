import './main.css';
import type { FromRunPanel, ToRunPanel } from '../../src/protocol/messages';
import { isOver } from '../../src/protocol/run';
import { connect } from '../host';
import { savingHost } from '../ui/chartHost';
import { tabs, type TabsControl } from '../ui/controls';
import { FIRST_STACK_VIEW, type ChartStackView } from '../ui/chartStack';
import { convergence } from '../ui/convergence';
import { app, element } from '../ui/dom';
import { FIRST_GRADIENTS_VIEW, gradients, type GradientsView } from '../ui/instruments/gradients';
import { steps } from '../ui/instruments/steps';
import { runHeader } from '../ui/runHeader';
import { applyIncrement, modelOf, type RunModel } from '../ui/runModel';
import { tiles } from '../ui/tiles';
import { whenSeen } from '../ui/whenSeen';
import { details } from './details';
import { messageList } from '../ui/messageList';
import { studyFigures } from '../ui/study/studyFigures';
import { sweepResults } from '../ui/sweep/sweepResults';
import { metricTiles } from './metricTiles';

interface State {
  /** The run that the panel shows: by it VS Code brings the panel back in a reloaded window. */
  readonly folder?: string;
  readonly tab: string;
  readonly convergence: ChartStackView;
  readonly gradients: GradientsView;
  readonly steps: ChartStackView;
}

const host = connect<ToRunPanel, FromRunPanel, State>();
let state: State = {
  tab: '',
  convergence: FIRST_STACK_VIEW,
  gradients: FIRST_GRADIENTS_VIEW,
  steps: FIRST_STACK_VIEW,
  ...host.getState(),
};
const keep = (change: Partial<State>) => host.setState((state = { ...state, ...change }));

const header = runHeader({
  cancel: () => host.post({ type: 'cancel' }),
  resume: () => host.post({ type: 'resume' }),
  showLog: () => host.post({ type: 'showLog' }),
  export: (format) => host.post({ type: 'export', format }),
});
const figures = tiles('Latest values');
const charts = convergence(state.convergence, savingHost(host.post), (view) => keep({ convergence: view }));
const gradientCharts = whenSeen(() =>
  gradients(savingHost(host.post), {
    view: state.gradients,
    onView: (view) => keep({ gradients: view }),
    showField: (field) => host.post({ type: 'showField', field }),
  }),
);
const stepCharts = whenSeen(() =>
  steps(savingHost(host.post), {
    view: state.steps,
    onView: (view) => keep({ steps: view }),
  }),
);
const study = studyFigures(savingHost(host.post));
const sweep = sweepResults(savingHost(host.post));
const messages = messageList();
const facts = details((path) => host.post({ type: 'openOutput', path }));

let model: RunModel | undefined;
let views: TabsControl | undefined;

/** The page of a run; a study has figures before its curves, a sweep has results and no curves of its own. */
function page({ spec }: RunModel): HTMLElement {
  views = tabs(
    'Views of the run',
    [
      ...(spec.job === 'study' ? [{ id: 'figures', label: 'Figures', content: study.element }] : []),
      spec.job === 'sweep'
        ? { id: 'results', label: 'Results', content: sweep.element }
        : { id: 'convergence', label: 'Convergence', content: charts.element },
      ...(spec.job === 'train'
        ? [
            { id: 'gradients', label: 'Gradients', content: gradientCharts.element },
            { id: 'step', label: 'Step', content: stepCharts.element },
          ]
        : []),
      { id: 'messages', label: 'Messages', content: messages.element },
      { id: 'details', label: 'Details', content: facts.element },
    ],
    state.tab,
    (tab) => keep({ tab }),
  );
  return element('div', {}, header.element, figures.element, views.element);
}

host.onMessage((message) => {
  switch (message.type) {
    case 'snapshot':
      model = modelOf(message.run);
      keep({ folder: message.run.summary.folder });
      if (!views) app().replaceChildren(page(model));
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
  figures.set(metricTiles(run));
  charts.setSeries([...run.series.values()], isOver(run.summary.state));
  gradientCharts.update(run.instruments);
  stepCharts.update(run.instruments);
  study.setRows(run.figures);
  if (run.spec.job === 'sweep') sweep.setTrials(run.spec, run.trials);
  messages.set(run.messages);
  facts.update(run);
  views?.setLabel('messages', run.messages.length > 0 ? `Messages (${run.messages.length})` : 'Messages');
}
