import { formatNumber } from '../ui/format';

/** A number that an optimizer is tuned by. */
export interface OptimizerParameter {
  /** Its name in an experiment: `optimizer.<key>`. */
  readonly key: string;
  readonly label: string;
  /** Allowed values lie above 0, and below this. */
  readonly below: number;
  /** What a value does, in one sentence; of all parameters, for they act together. */
  readonly explain: (values: ParameterValues) => string;
}

/** The numbers that were written, by key; absent where a field is empty or cannot be read. */
export type ParameterValues = Readonly<Partial<Record<string, number>>>;

export interface OptimizerChoice {
  readonly label: string;
  readonly hint: string;
  readonly parameters: readonly OptimizerParameter[];
}

/** The optimizers that an experiment may name. Where nothing is written the values of `train/optimizers` hold. */
export const OPTIMIZERS: Readonly<Record<string, OptimizerChoice>> = {
  sgd: {
    label: 'Gradient descent (SGD)',
    hint: 'w ← w − η·g: one step against the gradient of each batch.',
    parameters: [
      {
        key: 'learningRate',
        label: 'Learning rate η',
        below: Infinity,
        explain: ({ learningRate }) =>
          learningRate === undefined
            ? 'The step is η times the gradient.'
            : `The step is ${formatNumber(learningRate)} times the gradient.`,
      },
    ],
  },
  momentum: {
    label: 'Momentum',
    hint: 'a ← μ·a + g, w ← w − η·a: a heavy ball that keeps part of its speed.',
    parameters: [
      {
        key: 'learningRate',
        label: 'Learning rate η',
        below: Infinity,
        explain: ({ learningRate, momentum = 0.9 }) =>
          learningRate === undefined
            ? 'Along a steady slope the step grows to η / (1 − μ).'
            : `Along a steady slope the step grows to η / (1 − μ) = ${formatNumber(learningRate / (1 - momentum))}.`,
      },
      {
        key: 'momentum',
        label: 'Momentum μ',
        below: 1,
        explain: ({ momentum = 0.9 }) => `${formatNumber(momentum, 3)} remembers ${stepsOf(momentum)}.`,
      },
    ],
  },
  adam: {
    label: 'Adam',
    hint: 'w ← w − η·m̂ / (√v̂ + ε): each weight has a step of its own size.',
    parameters: [
      {
        key: 'learningRate',
        label: 'Learning rate η',
        below: Infinity,
        explain: ({ learningRate }) =>
          learningRate === undefined
            ? 'A weight moves by about η a step, however large its gradient.'
            : `A weight moves by about ${formatNumber(learningRate)} a step, however large its gradient.`,
      },
      {
        key: 'beta1',
        label: 'β₁',
        below: 1,
        explain: ({ beta1 = 0.9 }) => `${formatNumber(beta1, 3)}: m̂ is a mean over ${stepsOf(beta1)}.`,
      },
      {
        key: 'beta2',
        label: 'β₂',
        below: 1,
        explain: ({ beta2 = 0.999 }) => `${formatNumber(beta2, 3)}: v̂ is a mean over ${stepsOf(beta2)}.`,
      },
      {
        key: 'epsilon',
        label: 'ε',
        below: Infinity,
        explain: ({ epsilon = 1e-7 }) =>
          `${formatNumber(epsilon, 3)}: gradients much smaller than this move nothing.`,
      },
    ],
  },
};

/** The length of an exponential mean's memory, 1 / (1 − decay), in words. */
function stepsOf(decay: number): string {
  const steps = Math.round(1 / (1 - decay));
  return steps === 1 ? 'about 1 step' : `about ${formatNumber(steps)} steps`;
}
