import type { NetworkSpec } from './network';

/** What a network is for, and how well it does that. */
export interface Task {
  /** For people; the picture of its figures is called so. */
  readonly name: string;
  readonly network: NetworkSpec;
  /** Of the figure: `perplexity a byte`. */
  readonly unit: string;
  /** From what `weightroom run --max-steps 0` reports. */
  figure(values: Readonly<Record<string, number>>): number;
  /** What the network is calibrated on, for people. */
  readonly samples: string;
}

const LANGUAGE: NetworkSpec = { name: 'language', experiment: 'text-transformer.ts' };

/** Perplexity: e to the power of the mean of −ln p(next byte). */
export const NEXT_BYTE: Task = {
  name: 'Next byte of Shakespeare',
  network: LANGUAGE,
  unit: 'perplexity a byte',
  figure: ({ testLoss = NaN }) => Math.exp(testLoss),
  samples: 'the training text',
};

export const SPAM_OR_HAM: Task = {
  name: 'Spam or ham',
  network: { name: 'emails', experiment: 'email-transformer.ts', startsFrom: LANGUAGE },
  unit: '% told apart',
  figure: ({ testAccuracy = NaN }) => 100 * testAccuracy,
  samples: 'the training e-mails',
};
