import { formatCount, formatNumber } from '../ui/format';
import { decimalNumber, wholeNumber, wholeNumbers } from './formValues';
import { stepsOf, WEIGHT_DECAY } from './optimizers';

/** A setting of the training itself, beside the parameters of its optimizer. */
export interface TrainSetting {
  /** Its path in an experiment, as `--set` takes it. */
  readonly path: TrainSettingPath;
  readonly label: string;
  /**
   * What is written, as the override that it is; `undefined` where nothing is.
   * @throws UserError that names the field and what it takes
   */
  readonly read: (text: string) => number | string | undefined;
  /** What a value does, in one sentence. */
  readonly explain: (text: string, training: TrainingInSight) => string;
  /** Whether the setting belongs to what is chosen. */
  readonly belongs: (training: TrainingInSight) => boolean;
}

export type TrainSettingPath =
  | 'schedule.warmup'
  | 'schedule.to'
  | 'schedule.at'
  | 'schedule.factor'
  | 'clipNorm'
  | 'averageWeights'
  | 'accumulate'
  | 'optimizer.weightDecay'
  | 'optimizer.measureEvery'
  | 'lastLayer.learningRate'
  | 'lastLayer.pull';

/** What is chosen in other fields. */
export interface TrainingInSight {
  /** Empty for the experiment's own. */
  readonly optimizer: string;
  /** Absent where the experiment's own counts. */
  readonly learningRate: number | undefined;
  /** Empty for what the experiment says. */
  readonly decay: string;
}

export const DECAYS = {
  none: { label: 'None', hint: 'The learning rate stays what it is.' },
  linear: { label: 'Linear', hint: 'A straight line from the whole rate to the end of the last epoch.' },
  cosine: { label: 'Cosine', hint: 'Half a wave: the rate falls late, and lands softly at the last epoch.' },
  steps: { label: 'In steps', hint: 'The rate falls by a factor at the steps that you name.' },
} as const;

const always = () => true;
const fallsToAnEnd = ({ decay }: TrainingInSight) => decay === 'linear' || decay === 'cosine';
const fallsInSteps = ({ decay }: TrainingInSight) => decay === 'steps';

const warmup = whole('Warm-up steps', 1e12);
const to = decimal('Share at the end', { below: 1, orZero: true });
const factor = decimal('Factor of a fall', { below: Infinity });
const clipNorm = decimal('Longest gradient', { below: Infinity });
const averageWeights = decimal('Mean of the weights', { below: 1, orZero: true });
const accumulate = whole('Parts of a batch', 1e9);
const measureEvery = whole('Steps between measurements', 1e12);
const lastLayerRate = decimal('Last layer apart, rate α', { below: Infinity });
const lastLayerPull = decimal('Pull of the last layer', { below: Infinity, orZero: true });
const weightDecay = decimal(WEIGHT_DECAY.label, WEIGHT_DECAY);

/** In the order in which they are asked for. */
export const TRAIN_SETTINGS: readonly TrainSetting[] = [
  {
    path: 'schedule.warmup',
    ...warmup,
    belongs: always,
    explain: explained(warmup.read, 'So many steps lead up to the whole learning rate.', (steps, training) =>
      steps === 1
        ? 'The first step has the whole rate.'
        : `Rises ${fromTo(1 / steps, 1, training)} over ${formatCount(steps)} steps.`,
    ),
  },
  {
    path: 'schedule.to',
    ...to,
    belongs: fallsToAnEnd,
    explain: explained(
      to.read,
      'The last step of the last epoch has this share; 0 if empty.',
      (end, training) => (end === 0 ? 'Falls to nothing.' : `Falls ${fromTo(1, end, training)}.`),
    ),
  },
  {
    path: 'schedule.at',
    label: 'Steps of the falls',
    read: (text) => wholeNumbers(text, 'Steps of the falls')?.join(','),
    belongs: fallsInSteps,
    explain: (text) => {
      const steps = readable(() => wholeNumbers(text, ''));
      if (steps === undefined) return 'After these steps the rate falls: 3000, 4500.';
      return steps.length === 1 ? 'Falls once.' : `Falls ${formatCount(steps.length)} times.`;
    },
  },
  {
    path: 'schedule.factor',
    ...factor,
    belongs: fallsInSteps,
    explain: explained(
      factor.read,
      'What the rate is multiplied by at each fall; 0.1 if empty.',
      (by, training) =>
        by > 1 ? 'The rate grows, for this is above 1.' : `Each time ${fromTo(1, by, training)}.`,
    ),
  },
  {
    path: 'clipNorm',
    ...clipNorm,
    belongs: always,
    explain: explained(
      clipNorm.read,
      'Gradients with a larger norm are shortened to this one.',
      (limit, { optimizer, learningRate }) =>
        optimizer === 'sgd' && learningRate !== undefined
          ? `No step is longer than η times it: ${formatNumber(learningRate * limit)}.`
          : `Gradients whose norm, over all variables, is above ${formatNumber(limit)} are shortened to it.`,
    ),
  },
  {
    path: 'averageWeights',
    ...averageWeights,
    belongs: always,
    explain: explained(
      averageWeights.read,
      'Decay of a mean that the model is tested and saved with: 0.999.',
      (decay) =>
        decay === 0
          ? 'No memory: tested with the weights themselves.'
          : `Tested and saved with a mean over ${stepsOf(decay)}.`,
    ),
  },
  {
    path: 'accumulate',
    ...accumulate,
    belongs: always,
    explain: explained(
      accumulate.read,
      'Takes a batch in parts, one after the other, to save memory.',
      (parts) =>
        parts === 1
          ? 'The whole batch at once.'
          : `The same step with 1/${formatCount(parts)} of the batch in memory at a time; batch normalization sees parts.`,
    ),
  },
  {
    path: 'optimizer.weightDecay',
    ...weightDecay,
    // Another optimizer has a field of its own for it, or none.
    belongs: ({ optimizer }) => optimizer === '',
    explain: explained(
      weightDecay.read,
      'Each step takes the share η·λ off the weights. All optimizers know it but Adam.',
      (lambda) =>
        lambda === 0
          ? 'Weights do not decay.'
          : `Each step takes ${formatNumber(lambda)}·η of the weights off.`,
    ),
  },
  {
    path: 'optimizer.measureEvery',
    ...measureEvery,
    belongs: ({ optimizer }) => optimizer === 'nag-gs-auto',
    explain: explained(
      measureEvery.read,
      'λmax is measured at steps 1, 2, 3, 5, 9 …, then every 100 steps if empty.',
      (steps) =>
        `In the end every ${formatCount(steps)} steps, each time for about eight passes over one batch.`,
    ),
  },
  {
    path: 'lastLayer.learningRate',
    ...lastLayerRate,
    belongs: always,
    explain: explained(
      lastLayerRate.read,
      'Experimental: moves the last dense layer by itself, along the flow of each batch’s loss.',
      (rate) =>
        `Experimental: follows the flow for as long as a step of SGD at ${formatNumber(rate)}. Steps run op by op.`,
    ),
  },
  {
    path: 'lastLayer.pull',
    ...lastLayerPull,
    belongs: always,
    explain: explained(
      lastLayerPull.read,
      'Goes with the rate before it: holds the layer back to where a step began; 0 if empty.',
      (pull) =>
        pull === 0
          ? 'Nothing holds the layer back.'
          : `No step of the layer is longer than its gradient divided by ${formatNumber(pull)}.`,
    ),
  },
];

function whole(label: string, max: number): { label: string; read: (text: string) => number | undefined } {
  return { label, read: (text) => wholeNumber(text, label, 1, max) };
}

function decimal(
  label: string,
  range: Parameters<typeof decimalNumber>[2],
): { label: string; read: (text: string) => number | undefined } {
  return { label, read: (text) => decimalNumber(text, label, range) };
}

/** What a number does, or what the field is for where none can be read. */
function explained(
  read: (text: string) => number | undefined,
  empty: string,
  explain: (value: number, training: TrainingInSight) => string,
): TrainSetting['explain'] {
  return (text, training) => {
    const value = readable(() => read(text));
    return value === undefined ? empty : explain(value, training);
  };
}

/** What can be read as it stands; a field that cannot is refused when it is sent. */
function readable<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** `from 0.0001 to 0.01`, or in shares of the learning rate where that is the experiment's own. */
function fromTo(from: number, to: number, { learningRate }: TrainingInSight): string {
  const rate = (share: number) =>
    learningRate !== undefined
      ? formatNumber(share * learningRate)
      : share === 1
        ? 'the whole rate'
        : `${formatNumber(share)} of the rate`;
  return `from ${rate(from)} to ${rate(to)}`;
}
