import {
  DEFAULT_BITS,
  DEFAULT_METHOD,
  DEFAULT_PRESET,
  listedBits,
  METHOD_OFFERS,
  OUTPUT_FORMS,
  PRESETS,
  QUANTIZATION_METHODS,
  quantizeSpec,
  type OutputForm,
  type Preset,
  type QuantizationMethodId,
  type QuantizeSpec,
} from '../../src/protocol/jobSpec';
import type { LauncherState } from '../../src/protocol/messages';
import { FORM_WORDS, METHOD_WORDS, PRESET_WORDS } from '../../src/protocol/quantizeWords';
import { readTarget, takesTypedTarget, type Target } from '../../src/protocol/target';
import { UserError } from '../../src/protocol/userError';
import { button, dropdown, textField } from '../ui/controls';
import { element } from '../ui/dom';
import type { Form } from './form';
import { FIRST_MORE_VALUES, moreQuantizeFields, type MoreQuantizeValues } from './quantizeMore';

/** What is chosen and written, as texts. */
export interface QuantizeValues {
  readonly input: string;
  readonly method: string;
  /** Bits a weight, or where the method takes it, a size. */
  readonly bits: string;
  readonly preset: string;
  readonly form: string;
  readonly more: MoreQuantizeValues;
}

export const FIRST_QUANTIZE_VALUES: QuantizeValues = {
  input: '',
  method: DEFAULT_METHOD,
  bits: String(DEFAULT_BITS),
  preset: DEFAULT_PRESET,
  form: 'portable',
  more: FIRST_MORE_VALUES,
};

export interface QuantizeForm extends Form<QuantizeSpec, QuantizeValues> {
  /** Takes the file that a person has browsed to. */
  setCalibrationFile(path: string): void;
}

/** What a person can browse to. */
export interface QuantizeBrowsing {
  readonly model: () => void;
  readonly calibration: () => void;
}

/** The form that quantizes a model file. */
export function quantizeForm(
  kept: Partial<QuantizeValues>,
  onChange: () => void,
  browse: QuantizeBrowsing,
): QuantizeForm {
  // What an earlier version kept may lack a value.
  const first = { ...FIRST_QUANTIZE_VALUES, ...kept };
  const changed = () => {
    explain();
    onChange();
  };
  const input = dropdown({ label: 'Model', onChange: changed });
  const method = dropdown({ label: 'Method', onChange: changed });
  const listed = dropdown({ label: 'Bits a weight', onChange: changed });
  const typed = textField({
    label: 'Bits a weight, or a size',
    placeholder: '4, 2.5 or 3 MB',
    onChange: changed,
  });
  const preset = dropdown({ label: 'How long to search', onChange: changed });
  const form = dropdown({ label: 'What to write', onChange: changed });
  const more = moreQuantizeFields({ ...FIRST_MORE_VALUES, ...kept.more }, changed, browse.calibration);
  const chosenMethod = () => method.get() as QuantizationMethodId;
  const takesTyped = () => takesTypedTarget(chosenMethod());

  method.setChoices(QUANTIZATION_METHODS.map((id) => ({ value: id, label: METHOD_WORDS[id].label })));
  preset.setChoices(PRESETS.map((id) => ({ value: id, label: PRESET_WORDS[id].label })));
  form.setChoices(OUTPUT_FORMS.map((id) => ({ value: id, label: FORM_WORDS[id].label })));
  for (const [control, value] of [
    [input, first.input],
    [method, first.method],
    [typed, first.bits],
    [preset, first.preset],
    [form, first.form],
  ] as const) {
    control.set(value);
  }
  offerBits(first.bits);
  explain();

  /** Four bits where they are offered: what most people want. */
  function offerBits(wanted: string): void {
    const offered = listedBits(chosenMethod()).map(String);
    listed.setChoices(offered.map((value) => ({ value, label: `${value} bits` })));
    listed.set(offered.includes(wanted) ? wanted : offered.includes('4') ? '4' : offered[0]!);
  }

  /** What is asked for; `undefined` where a typed text is neither bits nor a size. */
  function target(): Target | undefined {
    return takesTyped()
      ? readTarget(typed.get(), chosenMethod(), DEFAULT_BITS)
      : { bits: Number(listed.get()) };
  }

  function subject() {
    return { input: input.get(), method: chosenMethod(), bits: target()?.bits ?? DEFAULT_BITS };
  }

  function explain(): void {
    offerBits(listed.get());
    listed.element.hidden = takesTyped();
    typed.element.hidden = !takesTyped();
    preset.element.hidden = METHOD_OFFERS[chosenMethod()].presets !== true;
    method.setHint(METHOD_WORDS[chosenMethod()].purpose);
    preset.setHint(PRESET_WORDS[preset.get() as Preset].purpose);
    const { bits, size } = target() ?? { bits: DEFAULT_BITS };
    // A size is that of a packed file.
    form.element.hidden = size !== undefined;
    listed.setHint(`Packed, ${smaller(bits)}, before levels and scales.`);
    typed.setHint(
      size === undefined
        ? `All counted, ${smaller(bits)} when packed.`
        : 'The packed file, to the byte or just below.',
    );
    form.setHint(FORM_WORDS[form.get() as OutputForm].purpose);
    more.explain(subject());
  }

  return {
    element: element(
      'div',
      { class: 'form' },
      element('div', { class: 'with-action' }, input.element, button('Browse…', browse.model).element),
      method.element,
      listed.element,
      typed.element,
      preset.element,
      form.element,
      more.element,
    ),
    setState: (state: LauncherState) => {
      input.setChoices(state.models.map(({ path, label }) => ({ value: path, label })));
      input.setHint(state.models.length > 0 ? '' : 'No model file was found in this workspace.');
      more.setState(state);
      more.explain(subject());
    },
    setCalibrationFile: (path) => more.setCalibrationFile(path),
    values: () => ({
      input: input.get(),
      method: method.get(),
      bits: takesTyped() ? typed.get() : listed.get(),
      preset: preset.get(),
      form: form.get(),
      more: more.values(),
    }),
    missing: () => (input.get() === '' ? 'Choose a model file.' : undefined),
    spec: () =>
      quantizeSpec({
        input: input.get(),
        // The extension host names the file to write: it sees which names are taken.
        output: '',
        method: chosenMethod(),
        ...requireTarget(target(), typed.get()),
        preset: preset.get() as Preset,
        form: target()?.size === undefined ? (form.get() as OutputForm) : 'native',
        ...more.spec(subject()),
      }),
  };
}

function smaller(bits: number): string {
  return `${(32 / bits).toFixed(1).replace('.0', '')} times smaller than float32`;
}

/** @throws UserError that quotes what is neither bits nor a size */
function requireTarget(target: Target | undefined, text: string): Target {
  if (target) return target;
  throw new UserError(
    'malformed',
    `“${text}” is neither a number of bits nor a size that this method offers.`,
    'Write bits a weight, as 4 or 2.5, or the size of the packed file, as 3 MB.',
  );
}
