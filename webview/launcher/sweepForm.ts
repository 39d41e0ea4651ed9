import type { SweepSpec, TrainSpec } from '../../src/protocol/jobSpec';
import { DEFAULT_DRAWS, MOST_TRIALS, readAxis, type SweepAxis } from '../../src/protocol/sweep';
import { dropdown, textArea, textField } from '../ui/controls';
import { element } from '../ui/dom';
import type { Form } from './form';
import { lines, wholeNumber } from './formValues';

/** What is written in the fields, as texts. */
export interface SweepValues {
  readonly axes: string;
  readonly draws: string;
  readonly seeds: string;
  readonly jobs: string;
  readonly metric: string;
  /** `maximize`, `minimize`, or empty for what the metric's name tells. */
  readonly direction: string;
}

export const FIRST_SWEEP_VALUES: SweepValues = {
  axes: '',
  draws: '',
  seeds: '',
  jobs: '',
  metric: '',
  direction: '',
};

/** What a sweep has beside what its trials have in common, which the form of a training asks for. */
export function sweepForm(
  first: SweepValues,
  onChange: () => void,
  trial: Pick<Form<TrainSpec, unknown>, 'missing' | 'spec'>,
): Form<SweepSpec, SweepValues> {
  const axes = textArea({
    label: 'What to vary',
    hint: 'One line each: path=a,b,c takes every value, path=low..high draws some; with :log over powers of ten.',
    placeholder: 'batchSize=32,128\noptimizer.learningRate=1e-4..1e-1:log',
    rows: 3,
    onChange,
  });
  const numeric = { numeric: true, onChange };
  const draws = textField({
    ...numeric,
    label: 'Draws',
    placeholder: String(DEFAULT_DRAWS),
    hint: 'Of the lines with low..high.',
  });
  const seeds = textField({
    ...numeric,
    label: 'Seeds',
    placeholder: '1',
    hint: 'Trains every setting so often: a mean and its deviation.',
  });
  const jobs = textField({
    ...numeric,
    label: 'At the same time',
    placeholder: '1',
    hint: 'Trials beside one another share the cores.',
  });
  const metric = textField({
    label: 'Judged by',
    placeholder: 'testAccuracy, else a loss',
    hint: 'The final value of this metric.',
    onChange,
  });
  const direction = dropdown({ label: 'Better is', onChange });
  direction.setChoices([
    { value: '', label: 'As its name tells' },
    { value: 'maximize', label: 'More' },
    { value: 'minimize', label: 'Less' },
  ]);
  const controls = { axes, draws, seeds, jobs, metric, direction };
  for (const [name, control] of Object.entries(controls)) control.set(first[name as keyof SweepValues]);

  return {
    element: element(
      'div',
      { class: 'form' },
      axes.element,
      element('div', { class: 'pair' }, draws.element, seeds.element),
      jobs.element,
      metric.element,
      direction.element,
    ),
    setState: () => undefined,
    values: () => ({
      axes: axes.get(),
      draws: draws.get(),
      seeds: seeds.get(),
      jobs: jobs.get(),
      metric: metric.get(),
      direction: direction.get(),
    }),
    missing: () => trial.missing() ?? (lines(axes.get()).length > 0 ? undefined : 'Say what to vary.'),
    spec: () => {
      const judged = metric.get().trim();
      return {
        job: 'sweep',
        trial: trial.spec(),
        axes: lines(axes.get()).map((line): SweepAxis => readAxis(line)),
        draws: wholeNumber(draws.get(), 'Draws', 1, MOST_TRIALS) ?? DEFAULT_DRAWS,
        seeds: wholeNumber(seeds.get(), 'Seeds', 1, MOST_TRIALS) ?? 1,
        jobs: wholeNumber(jobs.get(), 'At the same time', 1, 1024) ?? 1,
        ...(judged !== '' && { metric: judged }),
        ...(direction.get() !== '' && { maximize: direction.get() === 'maximize' }),
      };
    },
  };
}
