import { COMPILE_MODES, type CompileMode } from '../../src/protocol/compileMode';
import type { EngineId, EngineStatus } from '../../src/protocol/engine';
import type { TrainSpec } from '../../src/protocol/jobSpec';
import { INSTRUMENT_PRESETS, type InstrumentPreset } from '../../src/protocol/instruments';
import type { LauncherState } from '../../src/protocol/messages';
import { button, dropdown, textArea, textField } from '../ui/controls';
import { element } from '../ui/dom';
import { engineChoices, engineHint } from './engineChoices';
import type { Form } from './form';
import { readOverrides, wholeNumber } from './formValues';
import { FIRST_MORE_TRAIN_VALUES, moreTrainFields, type MoreTrainValues } from './moreTrainFields';
import { optimizerFields, type OptimizerValues } from './optimizerFields';

/** What is written in the fields, as texts. */
export interface TrainValues {
  readonly experiment: string;
  /** Empty until one is chosen here: then it is the one of the settings. */
  readonly engine: string;
  readonly optimizer: OptimizerValues;
  readonly epochs: string;
  readonly maxSteps: string;
  readonly seed: string;
  /** Empty for what the experiment says. */
  readonly compile: string;
  /** Empty for what the experiment says. */
  readonly instruments: string;
  readonly more: MoreTrainValues;
  readonly overrides: string;
}

export const FIRST_TRAIN_VALUES: TrainValues = {
  experiment: '',
  engine: '',
  optimizer: {},
  epochs: '',
  maxSteps: '',
  seed: '',
  compile: '',
  instruments: '',
  more: FIRST_MORE_TRAIN_VALUES,
  overrides: '',
};

const COMPILE_LABELS: Readonly<Record<CompileMode, string>> = {
  fused: 'Compiled',
  exact: 'Compiled, exact optimizer',
  off: 'Op by op',
};

const INSTRUMENT_LABELS: Readonly<Record<InstrumentPreset, string>> = {
  off: 'Nothing',
  economy: 'Gradients',
  standard: 'Gradients, noise, curvature',
  full: 'Everything, often',
};

export interface TrainForm extends Form<TrainSpec, TrainValues> {
  /** Chooses an experiment that the workspace offers. */
  setExperiment(path: string): void;
}

/** The form that trains an experiment of the workspace. */
export function trainForm(first: TrainValues, onChange: () => void, newExperiment: () => void): TrainForm {
  let engines: readonly EngineStatus[] = [];
  let chosenEngine = first.engine;
  let chosenExperiment = first.experiment;
  const changed = () => {
    engine.setHint(engineHint(engine.get(), engines));
    more.explain(optimizerInSight());
    onChange();
  };
  const experiment = dropdown({
    label: 'Experiment',
    onChange: () => {
      chosenExperiment = experiment.get();
      changed();
    },
  });
  const engine = dropdown({
    label: 'Engine',
    onChange: () => {
      chosenEngine = engine.get();
      changed();
    },
  });
  const optimizer = optimizerFields(first.optimizer, changed);
  const optimizerInSight = () => ({ optimizer: optimizer.name(), learningRate: optimizer.learningRate() });
  const more = moreTrainFields(first.more, changed);
  const asWritten = { placeholder: 'as written', numeric: true, onChange: changed };
  const epochs = textField({ ...asWritten, label: 'Epochs', hint: 'Passes over the training data.' });
  const maxSteps = textField({
    ...asWritten,
    placeholder: 'no limit',
    label: 'Step limit',
    hint: 'Stops there, whatever the epochs say.',
  });
  const seed = textField({
    ...asWritten,
    label: 'Seed',
    hint: 'The same seed on the same engine gives the same run.',
  });
  const compile = dropdown({
    label: 'Steps',
    hint: 'On the tensorflow engine a compiled step is one graph: the same result, sooner.',
    onChange: changed,
  });
  compile.setChoices([
    { value: '', label: 'As written' },
    ...COMPILE_MODES.map((value) => ({ value, label: COMPILE_LABELS[value] })),
  ]);
  const instruments = dropdown({
    label: 'Instruments',
    hint: 'What is measured beside the loss, for the tabs Gradients and Step; the more, the slower.',
    onChange: changed,
  });
  instruments.setChoices([
    { value: '', label: 'As written' },
    ...INSTRUMENT_PRESETS.map((value) => ({ value, label: INSTRUMENT_LABELS[value] })),
  ]);
  const overrides = textArea({
    label: 'Settings over the experiment’s own',
    hint: 'One path=value a line.',
    placeholder: 'batchSize=64',
    rows: 3,
    onChange: changed,
  });
  const create = button('New Experiment…', newExperiment);

  for (const [control, value] of [
    [experiment, first.experiment],
    [engine, first.engine === '' ? 'best' : first.engine],
    [epochs, first.epochs],
    [maxSteps, first.maxSteps],
    [seed, first.seed],
    [compile, first.compile],
    [instruments, first.instruments],
    [overrides, first.overrides],
  ] as const) {
    control.set(value);
  }
  more.explain(optimizerInSight());

  return {
    element: element(
      'div',
      { class: 'form' },
      element('div', { class: 'with-action' }, experiment.element, create.element),
      engine.element,
      optimizer.element,
      element('div', { class: 'pair' }, epochs.element, maxSteps.element),
      element('div', { class: 'pair' }, seed.element, compile.element),
      instruments.element,
      more.element,
      overrides.element,
    ),
    setState: (state: LauncherState) => {
      engines = state.engines;
      experiment.setChoices(state.experiments.map(({ path, label }) => ({ value: path, label })));
      if (chosenExperiment === '' && state.experiment !== undefined) experiment.set(state.experiment);
      experiment.setHint(state.experiments.length > 0 ? '' : 'No file here calls defineExperiment yet.');
      engine.setChoices(engineChoices(engines));
      if (chosenEngine === '') engine.set(state.engine);
      engine.setHint(engineHint(engine.get(), engines));
    },
    setExperiment: (path) => {
      chosenExperiment = path;
      experiment.set(path);
    },
    values: () => ({
      experiment: chosenExperiment,
      engine: chosenEngine,
      optimizer: optimizer.values(),
      epochs: epochs.get(),
      maxSteps: maxSteps.get(),
      seed: seed.get(),
      compile: compile.get(),
      instruments: instruments.get(),
      more: more.values(),
      overrides: overrides.get(),
    }),
    missing: () => (experiment.get() === '' ? 'Choose an experiment, or make a new one.' : undefined),
    spec: () => {
      const numbers = {
        epochs: wholeNumber(epochs.get(), 'Epochs', 1, 1e9),
        maxSteps: wholeNumber(maxSteps.get(), 'Step limit', 1, 1e12),
        seed: wholeNumber(seed.get(), 'Seed', 0, 2 ** 32 - 1),
      };
      return {
        job: 'train',
        experiment: experiment.get(),
        engine: engine.get() as EngineId | 'best',
        overrides: {
          ...optimizer.overrides(),
          ...more.overrides(optimizerInSight()),
          ...(compile.get() !== '' && { compile: compile.get() }),
          ...(instruments.get() !== '' && { instruments: instruments.get() }),
          ...readOverrides(overrides.get()),
        },
        ...(numbers.epochs !== undefined && { epochs: numbers.epochs }),
        ...(numbers.maxSteps !== undefined && { maxSteps: numbers.maxSteps }),
        ...(numbers.seed !== undefined && { seed: numbers.seed }),
      };
    },
  };
}
