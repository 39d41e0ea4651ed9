import type { TrainSpec } from '../../src/protocol/jobSpec';
import { dropdown, textField, type TextControl } from '../ui/controls';
import { element } from '../ui/dom';
import { decimalNumber } from './formValues';
import { OPTIMIZERS, type OptimizerChoice, type OptimizerParameter } from './optimizers';

/** What is chosen and written, as texts: the optimizer's `name`, and each parameter by its key. */
export type OptimizerValues = Readonly<Partial<Record<string, string>>>;

/** Fields that set another optimizer, and its parameters, over the experiment's own. */
export interface OptimizerFields {
  readonly element: HTMLElement;
  values(): OptimizerValues;
  /** The optimizer that is chosen; empty for the experiment's own. */
  name(): string;
  /** Its learning rate, where one is written and can be read. */
  learningRate(): number | undefined;
  /** @throws UserError for a field that cannot be read */
  overrides(): TrainSpec['overrides'];
}

/** The experiment's own optimizer is the first choice; the parameters of another one appear with it. */
export function optimizerFields(first: OptimizerValues, onChange: () => void): OptimizerFields {
  const changed = () => {
    show();
    onChange();
  };
  const name = dropdown({ label: 'Optimizer', onChange: changed });
  // What was written for one optimizer is there again when it is chosen again; parameters of a name are shared.
  const fields = new Map<string, TextControl>();
  const parameters = element('div', { class: 'pair' });

  name.setChoices([
    { value: '', label: 'As written' },
    ...Object.entries(OPTIMIZERS).map(([value, { label }]) => ({ value, label })),
  ]);
  name.set(first['name'] ?? '');
  for (const { key, label } of Object.values(OPTIMIZERS).flatMap((choice) => choice.parameters)) {
    if (fields.has(key)) continue;
    const field = textField({ label, placeholder: 'as written', numeric: true, onChange: changed });
    field.set(first[key] ?? '');
    fields.set(key, field);
  }
  show();

  function chosen(): OptimizerChoice | undefined {
    return OPTIMIZERS[name.get()];
  }

  function show(): void {
    const choice = chosen();
    name.setHint(choice?.hint ?? 'The one that the experiment names.');
    const shown = (choice?.parameters ?? []).map(({ key }) => fields.get(key)!.element);
    // A field that is moved loses the cursor.
    if (
      shown.length !== parameters.childElementCount ||
      shown.some((field, k) => field !== parameters.children[k])
    )
      parameters.replaceChildren(...shown);
    const values = Object.fromEntries((choice?.parameters ?? []).flatMap(readable));
    for (const { key, explain } of choice?.parameters ?? []) fields.get(key)!.setHint(explain(values));
  }

  function read(parameter: OptimizerParameter): number | undefined {
    return decimalNumber(fields.get(parameter.key)!.get(), parameter.label, parameter);
  }

  /** The parameter with its value, where that can be read as it stands. */
  function readable(parameter: OptimizerParameter): readonly [string, number][] {
    try {
      const value = read(parameter);
      return value === undefined ? [] : [[parameter.key, value]];
    } catch {
      return [];
    }
  }

  return {
    element: element('div', { class: 'form' }, name.element, parameters),
    values: () => ({
      name: name.get(),
      ...Object.fromEntries([...fields].map(([key, field]) => [key, field.get()])),
    }),
    name: () => name.get(),
    learningRate: () => {
      const parameter = chosen()?.parameters.find(({ key }) => key === 'learningRate');
      return parameter && readable(parameter)[0]?.[1];
    },
    overrides: () => {
      const choice = chosen();
      if (!choice) return {};
      const overrides: Record<string, string | number> = { 'optimizer.name': name.get() };
      for (const [key, value] of Object.entries(choice.settings ?? {})) overrides[`optimizer.${key}`] = value;
      for (const parameter of choice.parameters) {
        const value = read(parameter);
        if (value !== undefined) overrides[`optimizer.${parameter.key}`] = value;
      }
      return overrides;
    },
  };
}
