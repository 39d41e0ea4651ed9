import { optimalAlpha } from '../../src/math/dynamics/nagGs';
import { formatNumber } from '../ui/format';
import type { DecimalRange } from './formValues';

/** A number that an optimizer is tuned by. */
export interface OptimizerParameter extends DecimalRange {
  /** Its name in an experiment: `optimizer.<key>`. */
  readonly key: string;
  readonly label: string;
  /** What a value does, in one sentence; of all parameters, for they act together. */
  readonly explain: (values: ParameterValues) => string;
}

/** The numbers that were written, by key; absent where a field is empty or cannot be read. */
export type ParameterValues = Readonly<Partial<Record<string, number>>>;

export interface OptimizerChoice {
  readonly label: string;
  readonly hint: string;
  /** What an experiment is told beside the parameters; its `name` is the choice's key where absent. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly parameters: readonly OptimizerParameter[];
}

const LEARNING_RATE = { key: 'learningRate', label: 'Learning rate η', below: Infinity };

export const WEIGHT_DECAY: OptimizerParameter = {
  key: 'weightDecay',
  label: 'Weight decay λ',
  below: Infinity,
  orZero: true,
  explain: ({ learningRate, weightDecay }) =>
    learningRate === undefined || weightDecay === undefined
      ? 'Each step takes the share η·λ off the weights, apart from the gradient.'
      : `Each step takes the share η·λ = ${formatNumber(learningRate * weightDecay)} off the weights.`,
};

const BETA1_OF_A_MEAN: OptimizerParameter = {
  key: 'beta1',
  label: 'β₁',
  below: 1,
  explain: ({ beta1 = 0.9 }) => `${formatNumber(beta1, 3)}: m̂ is a mean over ${stepsOf(beta1)}.`,
};

const BETA2_OF_SQUARES: OptimizerParameter = {
  key: 'beta2',
  label: 'β₂',
  below: 1,
  explain: ({ beta2 = 0.999 }) => `${formatNumber(beta2, 3)}: v̂ is a mean over ${stepsOf(beta2)}.`,
};

const EPSILON: OptimizerParameter = {
  key: 'epsilon',
  label: 'ε',
  below: Infinity,
  explain: ({ epsilon = 1e-7 }) =>
    `${formatNumber(epsilon, 3)}: gradients much smaller than this move nothing.`,
};

/** The learning rate where a weight moves by about so much, whatever its gradient. */
const RATE_OF_A_WEIGHT: OptimizerParameter = {
  ...LEARNING_RATE,
  explain: ({ learningRate }) =>
    learningRate === undefined
      ? 'A weight moves by about η a step, however large its gradient.'
      : `A weight moves by about ${formatNumber(learningRate)} a step, however large its gradient.`,
};

const CONVEXITY: OptimizerParameter = {
  key: 'mu',
  label: 'Convexity μ',
  below: Infinity,
  explain: ({ mu = 1 }) =>
    `${formatNumber(mu)}: the least curvature that it reckons with; more brakes sooner. Not a weight decay.`,
};

/** The optimizers that an experiment may name. Where nothing is written the values of `train/optimizers` hold. */
export const OPTIMIZERS: Readonly<Record<string, OptimizerChoice>> = {
  sgd: {
    label: 'Gradient descent (SGD)',
    hint: 'w ← w − η·g: one step against the gradient of each batch.',
    parameters: [
      {
        ...LEARNING_RATE,
        explain: ({ learningRate }) =>
          learningRate === undefined
            ? 'The step is η times the gradient.'
            : `The step is ${formatNumber(learningRate)} times the gradient.`,
      },
      WEIGHT_DECAY,
    ],
  },
  momentum: {
    label: 'Momentum',
    hint: 'a ← μ·a + g, w ← w − η·a: a heavy ball that keeps part of its speed.',
    parameters: [
      {
        ...LEARNING_RATE,
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
      WEIGHT_DECAY,
    ],
  },
  adam: {
    label: 'Adam',
    hint: 'w ← w − η·m̂ / (√v̂ + ε): each weight has a step of its own size.',
    parameters: [RATE_OF_A_WEIGHT, BETA1_OF_A_MEAN, BETA2_OF_SQUARES, EPSILON],
  },
  adamw: {
    label: 'AdamW',
    hint: 'Adam, and w ← w − η·λ·w before each step: weights shrink apart from their gradients.',
    parameters: [RATE_OF_A_WEIGHT, WEIGHT_DECAY, BETA1_OF_A_MEAN, BETA2_OF_SQUARES, EPSILON],
  },
  lion: {
    label: 'Lion',
    hint: 'w ← w − η·sign(c): every weight moves by η. It wants a tenth of Adam’s η, and ten times its λ.',
    parameters: [
      {
        ...LEARNING_RATE,
        explain: ({ learningRate }) =>
          learningRate === undefined
            ? 'A weight moves by exactly η a step.'
            : `A weight moves by exactly ${formatNumber(learningRate)} a step.`,
      },
      WEIGHT_DECAY,
      {
        key: 'beta1',
        label: 'β₁',
        below: 1,
        explain: ({ beta1 = 0.9 }) =>
          `${formatNumber(1 - beta1, 3)} of the direction is the newest gradient, the rest the mean.`,
      },
      {
        key: 'beta2',
        label: 'β₂',
        below: 1,
        explain: ({ beta2 = 0.99 }) => `${formatNumber(beta2, 3)}: a mean over ${stepsOf(beta2)}.`,
      },
    ],
  },
  'nag-gs': {
    label: 'NAG-GS',
    hint: 'Nesterov’s accelerated flow, a step α at a time: a heavy ball told in terms of curvature.',
    settings: { name: 'nag-gs', curvature: 'given' },
    parameters: [
      {
        key: 'alpha',
        label: 'Step α',
        below: Infinity,
        explain: (values) => {
          const { eta, beta } = heavyBallOf(values);
          return (
            `Not a learning rate: now a heavy ball with η = ${formatNumber(eta)} and μ = ${formatNumber(beta, 3)}, ` +
            `whose steps grow to ${formatNumber(eta / (1 - beta))} times the gradient.`
          );
        },
      },
      { ...CONVEXITY, orZero: true },
      {
        key: 'gamma',
        label: 'Scaling γ',
        below: Infinity,
        explain: ({ gamma = 1 }) => `${formatNumber(gamma)}: the mass of the ball; steps shrink as it grows.`,
      },
      {
        ...WEIGHT_DECAY,
        explain: ({ weightDecay, ...values }) =>
          weightDecay === undefined
            ? 'Each step takes the share η·λ off the weights, with η of the heavy ball.'
            : `Each step takes the share η·λ = ${formatNumber(heavyBallOf(values).eta * weightDecay)} off the weights.`,
      },
    ],
  },
  'nag-gs-auto': {
    label: 'NAG-GS, curvature measured',
    hint: 'λmax is measured now and again, and α = 0.9·α_c and γ = μ follow from it. The journal tells every change.',
    settings: { name: 'nag-gs', curvature: 'auto' },
    parameters: [
      {
        key: 'conditionNumber',
        label: 'Condition number κ',
        below: Infinity,
        explain: ({ conditionNumber = 1000 }) =>
          conditionNumber > 1
            ? `μ is λmax / ${formatNumber(conditionNumber)}: ${followedBall(conditionNumber)}.`
            : 'Above 1: μ is λmax / κ.',
      },
      {
        ...CONVEXITY,
        explain: ({ mu, conditionNumber }) =>
          mu === undefined || conditionNumber !== undefined
            ? 'The condition number says it; without one, μ as it is written here.'
            : `${formatNumber(mu)}: the least curvature that it reckons with; α falls as λmax grows.`,
      },
    ],
  },
  'schedule-free-adamw': {
    label: 'Schedule-Free AdamW',
    hint: 'AdamW whose steps are averaged, so that its learning rate need not fall. It is tested at the average.',
    parameters: [
      RATE_OF_A_WEIGHT,
      WEIGHT_DECAY,
      {
        key: 'beta1',
        label: 'β₁',
        below: 1,
        explain: ({ beta1 = 0.9 }) =>
          `Gradients are taken ${formatNumber(beta1, 3)} of the way from the last step to the average.`,
      },
      BETA2_OF_SQUARES,
      EPSILON,
    ],
  },
  muon: {
    label: 'Muon',
    hint: 'Matrices move by their momentum made orthogonal, so in all directions alike; the rest by AdamW.',
    parameters: [
      {
        ...LEARNING_RATE,
        explain: ({ learningRate }) =>
          learningRate === undefined
            ? 'Of matrices; 0.02 is the published value. No direction of a matrix moves by much more than η a step.'
            : `No direction of a matrix moves by much more than ${formatNumber(learningRate)} a step.`,
      },
      {
        key: 'momentum',
        label: 'Momentum μ',
        below: 1,
        explain: ({ momentum = 0.95 }) => `${formatNumber(momentum, 3)} remembers ${stepsOf(momentum)}.`,
      },
      {
        key: 'adamLearningRate',
        label: 'Learning rate of the rest',
        below: Infinity,
        explain: ({ adamLearningRate = 3e-4 }) =>
          `Biases, scales and embeddings move by about ${formatNumber(adamLearningRate)} a step.`,
      },
      WEIGHT_DECAY,
    ],
  },
};

/** What follows from a condition number, whatever the curvature. */
function followedBall(conditionNumber: number): string {
  const alpha = 0.9 * optimalAlpha(1, Math.max(2, conditionNumber), 1);
  return `α is ${formatNumber(alpha)} and the momentum ${formatNumber((1 + alpha) ** -2, 3)}`;
}

/** The heavy ball that NAG-GS is. */
function heavyBallOf({ alpha = 0.1, mu = 1, gamma = 1 }: ParameterValues): { eta: number; beta: number } {
  const inertia = (1 + alpha) * (gamma + alpha * mu);
  return { eta: alpha ** 2 / inertia, beta: gamma / inertia };
}

/** The length of an exponential mean's memory, 1 / (1 − decay), in words. */
export function stepsOf(decay: number): string {
  const steps = Math.round(1 / (1 - decay));
  return steps === 1 ? 'about 1 step' : `about ${formatNumber(steps)} steps`;
}
