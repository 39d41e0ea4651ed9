import type { EngineId, EngineStatus } from '../../src/protocol/engine';
import {
  DEFAULT_SEED,
  defaultGroupSize,
  GROUPINGS,
  KASHIN_CODEBOOKS,
  KASHIN_TRANSFORMS,
  METHOD_OFFERS,
  RTN_RANGES,
  type Grouping,
  type KashinCodebook,
  type KashinTransform,
  type QuantizationMethodId,
  type QuantizeSpec,
  type RtnRange,
} from '../../src/protocol/jobSpec';
import type { LauncherState } from '../../src/protocol/messages';
import { UserError } from '../../src/protocol/userError';
import { button, checkbox, disclosure, dropdown, textArea, textField, type Choice } from '../ui/controls';
import { element } from '../ui/dom';
import { formatCount } from '../ui/format';
import { engineChoices, engineHint } from './engineChoices';
import { lines, wholeNumber } from './formValues';

/** What is chosen and written of what few need to choose. */
export interface MoreQuantizeValues {
  /** Whether the fields are in sight. */
  readonly open: boolean;
  readonly calibration: string;
  readonly calibrationFile: string;
  /** Empty until one is chosen here: then it is the one of the settings. */
  readonly engine: string;
  readonly codebook: string;
  readonly transform: string;
  readonly grouping: string;
  readonly groupSize: string;
  readonly range: string;
  readonly keep: string;
  readonly seed: string;
  readonly comparison: boolean;
  readonly quality: boolean;
}

export const FIRST_MORE_VALUES: MoreQuantizeValues = {
  open: false,
  calibration: '',
  calibrationFile: '',
  engine: '',
  codebook: '',
  transform: '',
  grouping: 'group',
  groupSize: '',
  range: 'mse',
  keep: '',
  seed: '',
  comparison: true,
  quality: true,
};

/** What decides which of the fields belong. */
export interface QuantizeSubject {
  /** Path of the model; empty where none is chosen. */
  readonly input: string;
  readonly method: QuantizationMethodId;
  readonly bits: number;
}

type MoreOfSpec = Pick<
  QuantizeSpec,
  'grouping' | 'groupSize' | 'range' | 'keep' | 'seed' | 'comparison' | 'quality'
> &
  Partial<Pick<QuantizeSpec, 'calibration' | 'engine' | 'codebook' | 'transform'>>;

export interface MoreQuantizeFields {
  readonly element: HTMLElement;
  setState(state: LauncherState): void;
  /** Shows the fields that belong to a model and a method, and explains them. */
  explain(subject: QuantizeSubject): void;
  setCalibrationFile(path: string): void;
  values(): MoreQuantizeValues;
  /** @throws UserError for a field that cannot be read */
  spec(subject: QuantizeSubject): MoreOfSpec;
}

const AS_IT_DOES = { value: '', label: 'As the method does' };

const CODEBOOKS: Readonly<Record<KashinCodebook, Choice & { readonly hint: string }>> = {
  joint: {
    value: 'joint',
    label: 'Joint',
    hint: 'One list of pairs (u, v) for the whole tensor, as published.',
  },
  separate: { value: 'separate', label: 'Separate', hint: 'Four levels of u and four of v in each group.' },
};
const TRANSFORMS: Readonly<Record<KashinTransform, Choice & { readonly hint: string }>> = {
  full: {
    value: 'full',
    label: 'Whole tensor',
    hint: 'Q mixes all weights of a tensor: the flattest factors.',
  },
  rows: { value: 'rows', label: 'Rows', hint: 'Q mixes each row on its own, with a scale for each.' },
  kronecker: {
    value: 'kronecker',
    label: 'Rows and columns',
    hint: 'A Kronecker product, as published; a tensor that stalls is mixed whole.',
  },
};
const GROUPS: Readonly<Record<Grouping, Choice & { readonly hint: string }>> = {
  group: { value: 'group', label: 'Consecutive weights', hint: '' },
  channel: { value: 'channel', label: 'Weights of one output', hint: 'A scale for each output of a layer.' },
};
const RANGES: Readonly<Record<RtnRange, Choice & { readonly hint: string }>> = {
  mse: {
    value: 'mse',
    label: 'At the least error',
    hint: 'Clips the largest weights where that loses less.',
  },
  absmax: { value: 'absmax', label: 'At the largest weight', hint: 'Nothing is clipped, as most tools do.' },
};

/** Fields below the line “More” of the form that quantizes. */
export function moreQuantizeFields(
  first: MoreQuantizeValues,
  onChange: () => void,
  browse: () => void,
): MoreQuantizeFields {
  let engines: readonly EngineStatus[] = [];
  let chosenEngine = first.engine;
  const calibration = dropdown({ label: 'Calibration', onChange });
  const calibrationFile = textField({
    label: 'Calibration file',
    placeholder: '/path/to/lines.txt',
    onChange,
  });
  const engine = dropdown({
    label: 'Engine',
    onChange: () => {
      chosenEngine = engine.get();
      onChange();
    },
  });
  const codebook = dropdown({ label: 'Codebook', onChange });
  const transform = dropdown({ label: 'Transform Q', onChange });
  const grouping = dropdown({ label: 'What shares a scale', onChange });
  const groupSize = textField({ label: 'Group size', numeric: true, onChange });
  const range = dropdown({ label: 'Where the levels end', onChange });
  const seed = textField({
    label: 'Seed',
    placeholder: String(DEFAULT_SEED),
    hint: 'Of everything random.',
    numeric: true,
    onChange,
  });
  const keep = textArea({
    label: 'Keep unchanged',
    hint: 'Tensor names, one pattern a line, beside those kept by default.',
    placeholder: '*.embedding*',
    rows: 2,
    onChange,
  });
  const comparison = checkbox(
    {
      label: 'Compare with other methods',
      hint: 'Tries each on a sample of the weights, for the report.',
      onChange,
    },
    first.comparison,
  );
  const quality = checkbox(
    { label: 'Compare the model’s answers', hint: 'Runs it before and after, for the report.', onChange },
    first.quality,
  );
  const file = element(
    'div',
    { class: 'with-action' },
    calibrationFile.element,
    button('Browse…', browse).element,
  );
  const groups = element('div', { class: 'form' }, grouping.element, groupSize.element);
  const fold = disclosure(
    'More',
    first.open,
    onChange,
    element(
      'div',
      { class: 'form' },
      range.element,
      codebook.element,
      transform.element,
      groups,
      calibration.element,
      file,
      engine.element,
      keep.element,
      seed.element,
      comparison.element,
      quality.element,
    ),
  );

  grouping.setChoices(GROUPINGS.map((id) => GROUPS[id]));
  range.setChoices(RTN_RANGES.map((id) => RANGES[id]));
  transform.setChoices([AS_IT_DOES, ...KASHIN_TRANSFORMS.map((id) => TRANSFORMS[id])]);
  offerCodebooks(true);
  for (const [control, value] of [
    [calibration, first.calibration],
    [calibrationFile, first.calibrationFile],
    [engine, first.engine === '' ? 'best' : first.engine],
    [codebook, first.codebook],
    [transform, first.transform],
    [grouping, first.grouping],
    [groupSize, first.groupSize],
    [range, first.range],
    [keep, first.keep],
    [seed, first.seed],
  ] as const) {
    control.set(value);
  }

  function offerCodebooks(separate: boolean): void {
    const offered = KASHIN_CODEBOOKS.filter((id) => separate || id !== 'separate');
    codebook.setChoices([AS_IT_DOES, ...offered.map((id) => CODEBOOKS[id])]);
  }

  function offerCalibrations(input: string): void {
    const file = { value: 'file', label: isRunnable(input) ? 'Text or statistics file' : 'Statistics file' };
    calibration.setChoices([
      { value: '', label: 'Automatic' },
      file,
      ...(isRunnable(input) ? [{ value: 'random', label: 'Random inputs' }] : []),
      { value: 'none', label: 'None' },
    ]);
  }

  function explain({ input, method, bits }: QuantizeSubject): void {
    const { kashin = false } = METHOD_OFFERS[method];
    offerCodebooks(bits === 4);
    offerCalibrations(input);
    range.element.hidden = method !== 'rtn';
    codebook.element.hidden = transform.element.hidden = !kashin;
    groups.hidden = !hasGroups(method);
    groupSize.element.hidden = grouping.get() !== 'group';
    file.hidden = calibration.get() !== 'file';
    engine.element.hidden = quality.element.hidden = !isRunnable(input);

    range.setHint(RANGES[range.get() as RtnRange].hint);
    codebook.setHint(codebook.get() === '' ? '' : CODEBOOKS[codebook.get() as KashinCodebook].hint);
    transform.setHint(transform.get() === '' ? '' : TRANSFORMS[transform.get() as KashinTransform].hint);
    grouping.setHint(GROUPS[grouping.get() as Grouping].hint);
    groupSize.setHint(
      `Weights that share one set of levels${kashin ? ', where codebooks are separate' : ''}.`,
    );
    groupSize.setPlaceholder(formatCount(defaultGroupSize(method)));
    calibration.setHint(calibrationHint(calibration.get(), method, input));
    calibrationFile.setHint(
      isRunnable(input)
        ? 'A text, one sample a line, or what weightroom calibrate wrote (.safetensors).'
        : 'What weightroom calibrate wrote (.safetensors).',
    );
    engine.setHint(engineHint(engine.get(), engines));
    const changes = changed(method, input);
    fold.setNote(changes === 0 || fold.isOpen() ? '' : `${changes} changed`);
  }

  /** How many of the fields in sight, or folded away, are not as for a person who chooses nothing. */
  function changed(method: QuantizationMethodId, input: string): number {
    const { kashin = false } = METHOD_OFFERS[method];
    return [
      method === 'rtn' && range.get() !== 'mse',
      kashin && codebook.get() !== '',
      kashin && transform.get() !== '',
      hasGroups(method) && (grouping.get() !== 'group' || groupSize.get().trim() !== ''),
      calibration.get() !== '',
      isRunnable(input) && chosenEngine !== '',
      keep.get().trim() !== '',
      seed.get().trim() !== '',
      !comparison.get(),
      isRunnable(input) && !quality.get(),
    ].filter(Boolean).length;
  }

  /** Pairs of a joint codebook stand for the whole tensor. */
  function hasGroups(method: QuantizationMethodId): boolean {
    const { kashin = false, groupSize: usual } = METHOD_OFFERS[method];
    return usual !== undefined && !(kashin && codebook.get() === 'joint');
  }

  function calibrationOf(): string | undefined {
    const what = calibration.get();
    if (what !== 'file') return what === '' ? undefined : what;
    const path = calibrationFile.get().trim();
    if (path !== '') return path;
    throw new UserError(
      'malformed',
      'Calibration file is empty.',
      'Choose a file, or another way to calibrate.',
    );
  }

  return {
    element: fold.element,
    explain,
    setState: (state) => {
      engines = state.engines;
      engine.setChoices(engineChoices(engines));
      if (chosenEngine === '') engine.set(state.engine);
    },
    setCalibrationFile: (path) => {
      calibrationFile.set(path);
      onChange();
    },
    values: () => ({
      open: fold.isOpen(),
      calibration: calibration.get(),
      calibrationFile: calibrationFile.get(),
      engine: chosenEngine,
      codebook: codebook.get(),
      transform: transform.get(),
      grouping: grouping.get(),
      groupSize: groupSize.get(),
      range: range.get(),
      keep: keep.get(),
      seed: seed.get(),
      comparison: comparison.get(),
      quality: quality.get(),
    }),
    spec: ({ input, method }) => {
      const { kashin = false } = METHOD_OFFERS[method];
      const size = hasGroups(method) ? wholeNumber(groupSize.get(), 'Group size', 32, 2 ** 24) : undefined;
      const calibration = calibrationOf();
      const computesOn = isRunnable(input) && engine.get() !== 'best' ? engine.get() : '';
      return {
        grouping: hasGroups(method) ? (grouping.get() as Grouping) : 'group',
        groupSize: size ?? defaultGroupSize(method),
        range: method === 'rtn' ? (range.get() as RtnRange) : 'mse',
        keep: lines(keep.get()),
        seed: wholeNumber(seed.get(), 'Seed', 0, 2 ** 32 - 1) ?? DEFAULT_SEED,
        comparison: comparison.get(),
        quality: quality.get(),
        ...(kashin && codebook.get() !== '' && { codebook: codebook.get() as KashinCodebook }),
        ...(kashin && transform.get() !== '' && { transform: transform.get() as KashinTransform }),
        ...(calibration !== undefined && { calibration }),
        ...(computesOn !== '' && { engine: computesOn as EngineId }),
      };
    },
  };
}

/** Whether the file says how the model computes, as those of TensorFlow.js do. */
function isRunnable(input: string): boolean {
  return input.endsWith('.json') && !input.endsWith('.safetensors.index.json');
}

function calibrationHint(chosen: string, method: QuantizationMethodId, input: string): string {
  switch (chosen) {
    case 'file':
      return 'Errors are steered to where they do least harm to it.';
    case 'random':
      return 'Shows which inputs matter less well than a text does.';
    case 'none':
      return 'Each weight counts the same.';
    default:
      return method === 'dependent' && isRunnable(input)
        ? 'On random tokens, where the model reads text.'
        : 'None, unless you give one.';
  }
}
