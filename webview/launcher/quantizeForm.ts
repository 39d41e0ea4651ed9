import {
  DEFAULT_BITS,
  DEFAULT_METHOD,
  DEFAULT_PRESET,
  DEFAULT_SEED,
  defaultGroupSize,
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
import { button, dropdown, textArea, textField } from '../ui/controls';
import { element } from '../ui/dom';
import { formatCount } from '../ui/format';
import type { Form } from './form';
import { lines, wholeNumber } from './formValues';

/** What is chosen and written, as texts. */
export interface QuantizeValues {
  readonly input: string;
  readonly method: string;
  /** Bits a weight, or where the method takes it, a size. */
  readonly bits: string;
  readonly preset: string;
  readonly form: string;
  readonly groupSize: string;
  readonly keep: string;
  readonly seed: string;
}

export const FIRST_QUANTIZE_VALUES: QuantizeValues = {
  input: '',
  method: DEFAULT_METHOD,
  bits: String(DEFAULT_BITS),
  preset: DEFAULT_PRESET,
  form: 'portable',
  groupSize: '',
  keep: '',
  seed: '',
};

/** The form that quantizes a model file. */
export function quantizeForm(
  kept: Partial<QuantizeValues>,
  onChange: () => void,
  browse: () => void,
): Form<QuantizeSpec, QuantizeValues> {
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
  const groupSize = textField({ label: 'Group size', numeric: true, onChange: changed });
  const seed = textField({
    label: 'Seed',
    placeholder: String(DEFAULT_SEED),
    hint: 'Of the random signs.',
    numeric: true,
    onChange: changed,
  });
  const keep = textArea({
    label: 'Keep unchanged',
    hint: 'Tensor names, one pattern a line, beside those kept by default.',
    placeholder: '*.embedding*',
    rows: 2,
    onChange: changed,
  });
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
    [groupSize, first.groupSize],
    [seed, first.seed],
    [keep, first.keep],
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

  function explain(): void {
    offerBits(listed.get());
    listed.element.hidden = takesTyped();
    typed.element.hidden = !takesTyped();
    const { presets = false, groupSize: hasGroups } = METHOD_OFFERS[chosenMethod()];
    preset.element.hidden = !presets;
    groupSize.element.hidden = hasGroups === undefined;
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
    groupSize.setHint('Weights that share one set of levels.');
    groupSize.setPlaceholder(formatCount(defaultGroupSize(chosenMethod())));
  }

  return {
    element: element(
      'div',
      { class: 'form' },
      element('div', { class: 'with-action' }, input.element, button('Browse…', browse).element),
      method.element,
      listed.element,
      typed.element,
      preset.element,
      form.element,
      element('div', { class: 'pair' }, groupSize.element, seed.element),
      keep.element,
    ),
    setState: (state: LauncherState) => {
      input.setChoices(state.models.map(({ path, label }) => ({ value: path, label })));
      input.setHint(state.models.length > 0 ? '' : 'No model file was found in this workspace.');
    },
    values: () => ({
      input: input.get(),
      method: method.get(),
      bits: takesTyped() ? typed.get() : listed.get(),
      preset: preset.get(),
      form: form.get(),
      groupSize: groupSize.get(),
      keep: keep.get(),
      seed: seed.get(),
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
        groupSize:
          wholeNumber(groupSize.get(), 'Group size', 32, 2 ** 24) ?? defaultGroupSize(chosenMethod()),
        keep: lines(keep.get()),
        seed: wholeNumber(seed.get(), 'Seed', 0, 2 ** 32 - 1) ?? DEFAULT_SEED,
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
