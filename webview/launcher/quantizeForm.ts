import {
  DEFAULT_BITS,
  DEFAULT_METHOD,
  DEFAULT_SEED,
  defaultGroupSize,
  listedBits,
  OUTPUT_FORMS,
  QUANTIZATION_METHODS,
  quantizeSpec,
  type OutputForm,
  type QuantizationMethodId,
  type QuantizeSpec,
} from '../../src/protocol/jobSpec';
import type { LauncherState } from '../../src/protocol/messages';
import { button, dropdown, textArea, textField } from '../ui/controls';
import { element } from '../ui/dom';
import { formatCount } from '../ui/format';
import type { Form } from './form';
import { lines, wholeNumber } from './formValues';

/** What is chosen and written, as texts. */
export interface QuantizeValues {
  readonly input: string;
  readonly method: string;
  readonly bits: string;
  readonly form: string;
  readonly groupSize: string;
  readonly keep: string;
  readonly seed: string;
}

export const FIRST_QUANTIZE_VALUES: QuantizeValues = {
  input: '',
  method: DEFAULT_METHOD,
  bits: String(DEFAULT_BITS),
  form: 'portable',
  groupSize: '',
  keep: '',
  seed: '',
};

const METHODS: Readonly<Record<QuantizationMethodId, { readonly label: string; readonly hint: string }>> = {
  dependent: {
    label: 'Dependent quantization',
    hint: 'The smallest error for its bits, any number of them: a trellis chooses, an entropy code packs.',
  },
  'kashin-greedy': {
    label: 'Kashin decomposition, greedy',
    hint: 'As published in 2024: two flat factors, x ≈ u + Qv, coded together by pairs of levels.',
  },
  'kashin-alternating': {
    label: 'Kashin decomposition, alternating',
    hint: 'As published in 2026: x ≈ u + Qv row by row on a fixed schedule, four levels a factor.',
  },
  'kashin-truncation': {
    label: 'Kashin decomposition, truncation',
    hint: 'The older way to x ≈ u + Qv, by clipping: the flattest factors, and more error.',
  },
  rtn: {
    label: 'Round to nearest',
    hint: 'Evenly spaced levels in each group of weights, with clipping: the simple baseline.',
  },
};

const FORMS: Readonly<Record<OutputForm, { readonly label: string; readonly hint: string }>> = {
  portable: {
    label: 'Portable file',
    hint: 'The source’s format with quantized values: opens in every tool, as large as the source.',
  },
  native: {
    label: 'Packed file',
    hint: 'Codes and levels alone: as small as the bits say; read by Weightroom.',
  },
};

/** The form that quantizes a model file. */
export function quantizeForm(
  first: QuantizeValues,
  onChange: () => void,
  browse: () => void,
): Form<QuantizeSpec, QuantizeValues> {
  const changed = () => {
    explain();
    onChange();
  };
  const input = dropdown({ label: 'Model', onChange: changed });
  const method = dropdown({ label: 'Method', onChange: changed });
  const bits = dropdown({ label: 'Bits a weight', onChange: changed });
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

  method.setChoices(QUANTIZATION_METHODS.map((id) => ({ value: id, label: METHODS[id].label })));
  form.setChoices(OUTPUT_FORMS.map((id) => ({ value: id, label: FORMS[id].label })));
  for (const [control, value] of [
    [input, first.input],
    [method, first.method],
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
    bits.setChoices(offered.map((value) => ({ value, label: `${value} bits` })));
    bits.set(offered.includes(wanted) ? wanted : offered.includes('4') ? '4' : offered[0]!);
  }

  function explain(): void {
    offerBits(bits.get());
    const width = Number(bits.get());
    const smaller = (32 / width).toFixed(1).replace('.0', '');
    method.setHint(METHODS[chosenMethod()].hint);
    bits.setHint(`Packed, ${smaller} times smaller than float32, before levels and scales.`);
    form.setHint(FORMS[form.get() as OutputForm].hint);
    groupSize.setHint('Weights that share one set of levels.');
    groupSize.setPlaceholder(formatCount(defaultGroupSize(chosenMethod())));
  }

  return {
    element: element(
      'div',
      { class: 'form' },
      element('div', { class: 'with-action' }, input.element, button('Browse…', browse).element),
      method.element,
      bits.element,
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
      bits: bits.get(),
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
        bits: Number(bits.get()),
        form: form.get() as OutputForm,
        groupSize:
          wholeNumber(groupSize.get(), 'Group size', 32, 2 ** 24) ?? defaultGroupSize(chosenMethod()),
        keep: lines(keep.get()),
        seed: wholeNumber(seed.get(), 'Seed', 0, 2 ** 32 - 1) ?? DEFAULT_SEED,
      }),
  };
}
