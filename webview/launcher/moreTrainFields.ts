import type { TrainSpec } from '../../src/protocol/jobSpec';
import { disclosure, dropdown, textField, type TextControl } from '../ui/controls';
import { element } from '../ui/dom';
import { DECAYS, TRAIN_SETTINGS, type TrainingInSight, type TrainSettingPath } from './trainSettings';

/** What is chosen and written of what few need: texts, empty for what the experiment says. */
export interface MoreTrainValues {
  /** Whether the fields are in sight. */
  readonly open: boolean;
  readonly decay: string;
  readonly settings: Readonly<Partial<Record<TrainSettingPath, string>>>;
}

export const FIRST_MORE_TRAIN_VALUES: MoreTrainValues = { open: false, decay: '', settings: {} };

export interface MoreTrainFields {
  readonly element: HTMLElement;
  /** Shows the fields that belong to the optimizer, and explains them. */
  explain(optimizer: Omit<TrainingInSight, 'decay'>): void;
  values(): MoreTrainValues;
  /** @throws UserError for a field that cannot be read */
  overrides(optimizer: Omit<TrainingInSight, 'decay'>): TrainSpec['overrides'];
}

/** Fields below the line “More” of the form that trains: the learning rate's course, and what steps are made of. */
export function moreTrainFields(first: MoreTrainValues, onChange: () => void): MoreTrainFields {
  const decay = dropdown({ label: 'Fall of the learning rate', onChange });
  decay.setChoices([
    { value: '', label: 'As written' },
    ...Object.entries(DECAYS).map(([value, { label }]) => ({ value, label })),
  ]);
  decay.set(first.decay);
  const fields = new Map<TrainSettingPath, TextControl>();
  for (const { path, label } of TRAIN_SETTINGS) {
    const field = textField({ label, placeholder: 'as written', numeric: true, onChange });
    field.set(first.settings[path] ?? '');
    fields.set(path, field);
  }
  const at = (path: TrainSettingPath) => fields.get(path)!;
  const pair = (...paths: readonly TrainSettingPath[]) =>
    element('div', { class: 'pair' }, ...paths.map((path) => at(path).element));
  const fall = pair('schedule.to', 'schedule.at', 'schedule.factor');
  const fold = disclosure(
    'More',
    first.open,
    onChange,
    element(
      'div',
      { class: 'form' },
      at('schedule.warmup').element,
      decay.element,
      fall,
      pair('clipNorm', 'averageWeights'),
      at('accumulate').element,
      at('optimizer.weightDecay').element,
      at('optimizer.measureEvery').element,
      pair('lastLayer.learningRate', 'lastLayer.pull'),
    ),
  );

  const inSight = (optimizer: Omit<TrainingInSight, 'decay'>): TrainingInSight => ({
    ...optimizer,
    decay: decay.get(),
  });

  return {
    element: fold.element,
    explain: (optimizer) => {
      const training = inSight(optimizer);
      const chosen = DECAYS[training.decay as keyof typeof DECAYS] as { hint: string } | undefined;
      decay.setHint(chosen?.hint ?? 'After the warm-up, to the end of the last epoch.');
      for (const setting of TRAIN_SETTINGS) {
        const field = at(setting.path);
        field.element.hidden = !setting.belongs(training);
        field.setHint(setting.explain(field.get(), training));
      }
      fall.hidden = [...fall.children].every((field) => (field as HTMLElement).hidden);
      const written = TRAIN_SETTINGS.filter(
        ({ path, belongs }) => belongs(training) && at(path).get().trim() !== '',
      );
      const changes = written.length + (training.decay === '' ? 0 : 1);
      fold.setNote(changes === 0 || fold.isOpen() ? '' : `${changes} changed`);
    },
    values: () => ({
      open: fold.isOpen(),
      decay: decay.get(),
      settings: Object.fromEntries([...fields].map(([path, field]) => [path, field.get()])),
    }),
    overrides: (optimizer) => {
      const training = inSight(optimizer);
      const overrides: Record<string, string | number> = {};
      if (training.decay !== '') overrides['schedule.decay'] = training.decay;
      for (const { path, belongs, read } of TRAIN_SETTINGS) {
        const value = belongs(training) ? read(at(path).get()) : undefined;
        if (value !== undefined) overrides[path] = value;
      }
      return overrides;
    },
  };
}
