/** What a person chooses of a quantization, in words: for the editor's questions and its form. */
import type { OutputForm, Preset, QuantizationMethodId } from './jobSpec';

export interface ChoiceWords {
  readonly label: string;
  /** One sentence: what it does, and what it is for. */
  readonly purpose: string;
}

const METHODS = {
  dependent: {
    label: 'Dependent quantization',
    purpose: 'The least error for any number of bits or an exact file size: for models to keep and to ship.',
  },
  trellis: {
    label: 'Trellis code',
    purpose:
      'The least error where every weight takes the same bits: for a known size and parts that are read alone.',
  },
  'kashin-search': {
    label: 'Kashin decomposition, search',
    purpose: 'Searches both Kashin factors together instead of one after the other: the best of its family.',
  },
  'kashin-greedy': {
    label: 'Kashin decomposition, greedy',
    purpose: 'The published method of 2024: splits each tensor into two flat factors, coded in pairs.',
  },
  'kashin-alternating': {
    label: 'Kashin decomposition, alternating',
    purpose: 'Its follow-up of 2026: row by row on a fixed schedule, with four levels a factor.',
  },
  'kashin-truncation': {
    label: 'Kashin decomposition, truncation',
    purpose: 'The classical way, by clipping: the flattest factors, and more error; to compare with.',
  },
  rtn: {
    label: 'Round to nearest',
    purpose: 'Evenly spaced levels in each group of weights: the simple baseline that most tools offer.',
  },
  nf4: {
    label: 'NormalFloat, 4 bits',
    purpose:
      'Sixteen fixed levels for normal weights, scaled by block: a common baseline of language models.',
  },
  kmeans: {
    label: 'k-means',
    purpose: 'Levels fitted to the weights of each tensor: the codebook baseline.',
  },
  'lloyd-max': {
    label: 'Lloyd–Max',
    purpose: 'The best fixed levels for normal weights, scaled in each group: the strongest plain baseline.',
  },
  'rotated-lloyd-max': {
    label: 'Rotated Lloyd–Max',
    purpose:
      'The same behind a random rotation, which spreads outliers: a baseline for weights with outliers.',
  },
} as const satisfies Readonly<Record<string, ChoiceWords>>;

export const METHOD_WORDS: Readonly<Record<QuantizationMethodId, ChoiceWords>> = METHODS;

export const PRESET_WORDS: Readonly<Record<Preset, ChoiceWords>> = {
  fast: { label: 'Fast', purpose: 'Seconds: the cheapest search.' },
  balanced: { label: 'Balanced', purpose: 'Most of what can be had, in a fraction of the time.' },
  thorough: { label: 'Thorough', purpose: 'The best result, whatever it takes.' },
};

export const FORM_WORDS: Readonly<Record<OutputForm, ChoiceWords>> = {
  portable: {
    label: 'Portable file',
    purpose: 'The source’s format with quantized values: opens in every tool, as large as the source.',
  },
  native: {
    label: 'Packed file',
    purpose: 'Codes alone (the native form): as small as the bits say; loadQuantized and Weightroom read it.',
  },
};
