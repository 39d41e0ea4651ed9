import './main.css';
import type { JobSpec } from '../../src/protocol/jobSpec';
import type { FromLauncher, LauncherState, ToLauncher } from '../../src/protocol/messages';
import { parseJobSpec } from '../../src/protocol/parseJobSpec';
import { errorReport } from '../../src/protocol/userError';
import { connect } from '../host';
import { callout } from '../ui/callout';
import { button, segments } from '../ui/controls';
import { app, element } from '../ui/dom';
import { FIRST_QUANTIZE_VALUES, quantizeForm, type QuantizeValues } from './quantizeForm';
import { FIRST_SWEEP_VALUES, sweepForm, type SweepValues } from './sweepForm';
import { FIRST_TRAIN_VALUES, trainForm, type TrainValues } from './trainForm';

/** The kinds of jobs that have a form. */
type FormKind = 'train' | 'sweep' | 'quantize';

interface State {
  readonly job: FormKind;
  readonly train: TrainValues;
  readonly sweep: SweepValues;
  readonly quantize: QuantizeValues;
}

const host = connect<ToLauncher, FromLauncher, State>();
const before = host.getState();
const kept: State = {
  job: before.job ?? 'train',
  train: { ...FIRST_TRAIN_VALUES, ...before.train },
  sweep: { ...FIRST_SWEEP_VALUES, ...before.sweep },
  quantize: { ...FIRST_QUANTIZE_VALUES, ...before.quantize },
};
let state: LauncherState | undefined;

const train = trainForm(kept.train, changed, () => host.post({ type: 'newExperiment' }));
const forms = {
  train,
  sweep: sweepForm(kept.sweep, changed, train),
  quantize: quantizeForm(kept.quantize, changed, {
    model: () => host.post({ type: 'browseModel' }),
    calibration: () => host.post({ type: 'browseCalibration' }),
  }),
};
const job = segments<FormKind>(
  'What to run',
  [
    { value: 'train', label: 'Train' },
    { value: 'sweep', label: 'Sweep' },
    { value: 'quantize', label: 'Quantize' },
  ],
  kept.job,
  changed,
);
const runButton = button('Run', run, 'primary');
const why = element('p', { class: 'quiet', attributes: { 'aria-live': 'polite' } });
const refusal = element('div', { attributes: { 'aria-live': 'assertive' } });
const trust = callout(
  'warning',
  'This workspace is not trusted.',
  'Everything can be looked at, and nothing runs: an experiment is a program.',
  button('Manage Workspace Trust', () => host.post({ type: 'trust' })).element,
);
const form = element(
  'form',
  { attributes: { 'aria-label': 'Run' } },
  trust,
  job.element,
  forms.train.element,
  forms.sweep.element,
  forms.quantize.element,
  element('div', { class: 'go' }, runButton.element, why, refusal),
);
form.addEventListener('submit', (event) => event.preventDefault());

host.onMessage((message) => {
  switch (message.type) {
    case 'state':
      state = message.state;
      forms.train.setState(state);
      forms.quantize.setState(state);
      if (!form.isConnected) app().replaceChildren(form);
      show();
      return;
    case 'experiment':
      if (!state?.experiments.some(({ path }) => path === message.path)) return;
      forms.train.setExperiment(message.path);
      changed();
      return;
    case 'calibrationFile':
      forms.quantize.setCalibrationFile(message.path);
      return;
    case 'refused':
      refusal.replaceChildren(callout('error', message.message, message.remedy));
  }
});
host.post({ type: 'ready' });

function changed(): void {
  host.setState({
    job: job.get(),
    train: forms.train.values(),
    sweep: forms.sweep.values(),
    quantize: forms.quantize.values(),
  });
  refusal.replaceChildren();
  show();
}

function show(): void {
  if (!state) return;
  const missing = forms[job.get()].missing();
  // A sweep asks for what its trials have in common, as a training does, and for what it varies.
  forms.train.element.hidden = job.get() === 'quantize';
  forms.sweep.element.hidden = job.get() !== 'sweep';
  forms.quantize.element.hidden = job.get() !== 'quantize';
  trust.hidden = state.trusted;
  runButton.setEnabled(state.trusted && missing === undefined);
  why.textContent = state.trusted ? (missing ?? '') : 'Trust the workspace to run.';
}

function run(): void {
  refusal.replaceChildren();
  let spec: JobSpec;
  try {
    spec = parseJobSpec(forms[job.get()].spec());
  } catch (error) {
    const { message, remedy } = errorReport(error);
    refusal.replaceChildren(callout('error', message, remedy));
    return;
  }
  host.post({ type: 'run', spec });
}
