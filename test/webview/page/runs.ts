/** Runs for the panels to show, made from seeds. */
import { Random } from '../../../src/math/random';
import type { RunView, Series } from '../../../src/protocol/messages';
import type { RunSummary } from '../../../src/protocol/run';
import type { StudyRow } from '../../../src/protocol/study';
import type { TrialResult } from '../../../src/protocol/sweep';
import { runView } from '../../../src/runs/view';
import { instrumentedJournal, type InstrumentedRun } from '../../unit/runs/instrumentedRun';

/** A source of uniform numbers in [0, 1). */
export function uniform(seed: number): () => number {
  const random = new Random(seed);
  return () => random.uniform();
}

/** A series of `length` points from `first` on, one every `every` steps. */
export function series(
  name: string,
  length: number,
  value: (k: number) => number,
  { first = 0, every = 1, stepsInEpoch = 469 } = {},
): Series {
  const steps = Float64Array.from({ length }, (_, k) => (first + k) * every);
  return {
    name,
    steps,
    epochs: steps.map((step) => step / stepsInEpoch),
    seconds: steps.map((step) => step * 0.02),
    values: Float64Array.from({ length }, (_, k) => value(first + k)),
  };
}

export function trainLoss(length: number, first = 0): Series {
  const random = uniform(7);
  const noise = Array.from({ length: first + length }, () => random() - 0.5);
  return series('trainLoss', length, (k) => (2.2 * Math.exp(-k / 60) + 0.06) * (1 + 0.5 * noise[k]!), {
    first,
    every: 10,
  });
}

export const TRAIN_SUMMARY: RunSummary = {
  id: '2026-11-22T10-31-07-train-8f3a',
  job: 'train',
  name: 'MNIST, two layers',
  state: 'running',
  started: Date.UTC(2026, 10, 22, 10, 31, 7),
  seconds: 42.4,
  last: { trainLoss: 0.1723, testLoss: 0.1132, testAccuracy: 0.9775 },
  folder: '/home/ada/my project/.weightroom/runs/2026-11-22T10-31-07-train-8f3a',
  progress: { fraction: 0.434, what: 'epoch 3 of 5' },
};

export function trainRun(change: Partial<RunView> = {}): RunView {
  const epochs = { every: 469 };
  return {
    summary: TRAIN_SUMMARY,
    spec: {
      job: 'train',
      experiment: '/home/ada/my project/mnist-mlp.ts',
      engine: 'best',
      overrides: { 'optimizer.learningRate': 0.002 },
      epochs: 5,
      seed: 1,
    },
    series: [
      trainLoss(200),
      series('testLoss', 5, (k) => 2.3 * Math.exp(-k * 1.1) + 0.085, epochs),
      series('testAccuracy', 5, (k) => 0.979 - 0.88 * Math.exp(-k * 1.6), epochs),
    ],
    tensors: [],
    messages: [
      { level: 'info', text: 'Data: 60,000 training and 10,000 test images.' },
      { level: 'warning', text: 'The loss rose for 40 steps in a row at step 380.' },
    ],
    engine: 'TensorFlow 2.21.0 on CPU, 2 threads',
    ...change,
  };
}

/** A training with instruments, as its journal tells it. */
export function instrumentedRun(run: InstrumentedRun = {}): RunView {
  const events = instrumentedJournal(run);
  const summary = { ...TRAIN_SUMMARY, name: 'MNIST, two convolutions' };
  return runView({ summary, spec: trainRun().spec, environment: undefined, events });
}

/** A study with a picture, a published figure and one without. */
export function studyRun(): RunView {
  const picture = 'Next byte of Shakespeare';
  const figure = (curve: string, bits: number, ours: number): StudyRow => ({
    what: `${curve}, ${bits} bits`,
    ours,
    unit: 'perplexity a byte',
    place: { picture, curve, bits },
  });
  return trainRun({
    summary: { ...TRAIN_SUMMARY, job: 'study', name: 'kashin/bits-vs-quality', last: {} },
    spec: { job: 'study', study: 'kashin/bits-vs-quality', quick: false, seed: 1 },
    series: [],
    figures: [
      figure('original', 32, 6.721),
      figure('dependent', 2.102, 8.064),
      figure('dependent', 4.1, 6.752),
      figure('dependent with feedback', 2.103, 6.952),
      figure('rtn', 2.23, 12.5),
      {
        what: 'normal vector',
        published: 30,
        ours: 31,
        deviation: 1 / 30,
        unit: 'steps',
        verdict: 'as published',
        note: 'measured',
      },
    ],
  });
}

/** A sweep of two axes with two seeds, of which one trial failed. */
export function sweepRun(): RunView {
  const trial = (rate: number, name: string, seed: number, testAccuracy?: number): TrialResult => ({
    run: `2026-11-24T10-31-07-mnist-${rate}-${name}-${seed}`,
    state: testAccuracy === undefined ? 'failed' : 'done',
    parameters: { 'optimizer.learningRate': rate, 'optimizer.name': name },
    seed,
    final: testAccuracy === undefined ? {} : { testAccuracy },
    seconds: 4,
    ...(testAccuracy === undefined && { error: 'Training diverged. Take a smaller learning rate.' }),
  });
  return trainRun({
    summary: { ...TRAIN_SUMMARY, job: 'sweep', name: 'mnist-mlp, sweep', last: {} },
    spec: {
      job: 'sweep',
      trial: { job: 'train', experiment: '/home/ada/project/mnist-mlp.ts', engine: 'best', overrides: {} },
      axes: [
        { kind: 'random', path: 'optimizer.learningRate', low: 1e-3, high: 1, scale: 'log', whole: false },
        { kind: 'grid', path: 'optimizer.name', values: ['sgd', 'adam'] },
      ],
      draws: 2,
      seeds: 2,
      jobs: 1,
    },
    series: [],
    trials: [
      trial(0.001, 'sgd', 1, 0.8),
      trial(0.001, 'sgd', 2, 0.82),
      trial(0.001, 'adam', 1, 0.96),
      trial(0.001, 'adam', 2, 0.97),
      trial(1, 'sgd', 1, 0.99),
      trial(1, 'sgd', 2),
    ],
  });
}

export function finishedRun(): RunView {
  const final = { trainLoss: 0.0412, testLoss: 0.0803, testAccuracy: 0.9761 };
  return trainRun({
    summary: { ...TRAIN_SUMMARY, state: 'done', seconds: 71.3, last: final },
    finished: {
      type: 'finished',
      state: 'done',
      seconds: 71.3,
      summary: {
        job: 'train',
        engine: 'tensorflow',
        steps: 2345,
        final,
        best: {
          trainLoss: { value: 0.0398, step: 2310 },
          testLoss: { value: 0.0781, step: 1876 },
          testAccuracy: { value: 0.9768, step: 1876 },
        },
      },
    },
  });
}

export function killedRun(): RunView {
  return trainRun({
    summary: {
      ...TRAIN_SUMMARY,
      state: 'failed',
      error: {
        code: 'worker-died',
        message: 'The process of the run ended without a word (signal SIGKILL).',
        remedy: 'Look at the end of its log; often the memory was not enough.',
      },
      logTail: ['10:31:49 epoch 3 of 5, step 1010', '10:31:49 loss 0.0713', 'Killed'],
    },
  });
}
