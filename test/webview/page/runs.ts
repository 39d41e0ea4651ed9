/** Runs for the panels to show, made from seeds. */
import { Random } from '../../../src/math/random';
import type { DecompositionTrace, Histogram, TensorResult } from '../../../src/protocol/events';
import type { RunView, Series } from '../../../src/protocol/messages';
import type { RunSummary } from '../../../src/protocol/run';

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

const NAMES = ['query', 'key', 'value', 'output', 'dense_1', 'dense_2'];

/** The k-th tensor of a transformer: matrices are quantized, biases and norms kept. */
export function tensor(k: number): TensorResult {
  const random = uniform(100 + k);
  const layer = Math.floor(k / 8);
  if (k % 8 >= 6) {
    return {
      name: `encoder/layer_${layer}/${k % 8 === 6 ? 'norm/scale' : 'dense/bias'}`,
      shape: [512],
      action: 'kept',
      reason: 'one-dimensional',
      bits: 32,
      mse: 0,
      distortion: 0,
      snrDb: Infinity,
      iterations: 0,
    };
  }
  const distortion = 0.0085 + 0.004 * random();
  return {
    name: `encoder/layer_${layer}/${NAMES[k % 8]!}/kernel`,
    shape: k % 8 < 4 ? [512, 512] : [512, 2048],
    action: 'quantized',
    bits: 4 + 1 / 64,
    mse: distortion * 0.0021,
    distortion,
    snrDb: -10 * Math.log10(distortion),
    iterations: 40 + Math.floor(20 * random()),
    decomposition: decomposition(random),
  };
}

/** The same tensor as a method leaves it that rounds weights directly. */
export function withoutDecomposition(tensor: TensorResult): TensorResult {
  const plain = { ...tensor, iterations: 0 };
  delete plain.decomposition;
  return plain;
}

function decomposition(random: () => number): DecompositionTrace {
  return {
    residual: Array.from({ length: 46 }, (_, k) => Math.exp(-k * (0.16 + 0.02 * random()))),
    maxNorm: { u: 2.1 + random() * 0.2, v: 2.2 + random() * 0.2 },
    histogram: { u: histogram(random), v: histogram(random) },
  };
}

function histogram(random: () => number): Histogram {
  const counts = Array.from({ length: 64 }, (_, k) => {
    const x = -2.4 + 0.075 * (k + 0.5);
    const peaks = [-1.4, -0.45, 0.45, 1.4].reduce((sum, c) => sum + Math.exp(-(((x - c) / 0.22) ** 2)), 0);
    return Math.round(4000 * peaks * (0.9 + 0.2 * random()));
  });
  return { start: -2.4, width: 0.075, counts, centroids: [-1.4, -0.45, 0.45, 1.4] };
}

export const QUANTIZE_SUMMARY: RunSummary = {
  id: '2026-11-22T11-02-40-kashin-greedy-19c4',
  job: 'quantize',
  name: 'encoder.safetensors → kashin-greedy, 4 bits',
  state: 'running',
  started: Date.UTC(2026, 10, 22, 11, 2, 40),
  seconds: 12.2,
  last: {},
  folder: '/home/ada/my project/.weightroom/runs/2026-11-22T11-02-40-kashin-greedy-19c4',
  progress: { fraction: 0.5, what: 'encoder/layer_3/query/kernel' },
};

export function quantizeRun(tensors: number, done: boolean): RunView {
  const summary: RunSummary = done ? { ...QUANTIZE_SUMMARY, state: 'done', seconds: 24.8 } : QUANTIZE_SUMMARY;
  return {
    summary,
    spec: {
      job: 'quantize',
      input: '/home/ada/my project/encoder.safetensors',
      output: '/home/ada/my project/encoder.w4.native.safetensors',
      force: false,
      method: 'kashin-greedy',
      bits: 4,
      form: 'native',
      groupSize: 4096,
      keep: [],
      seed: 0,
    },
    series: [],
    tensors: Array.from({ length: tensors }, (_, k) => tensor(k)),
    messages: [],
    ...(done && {
      finished: {
        type: 'finished' as const,
        state: 'done' as const,
        seconds: 24.8,
        summary: {
          job: 'quantize' as const,
          output: ['/home/ada/my project/encoder.w4.native.safetensors'],
          bytes: { before: 28_311_552, after: 3_580_244 },
          bitsPerWeight: { weights: 4.016, file: 4.046 },
          distortion: 0.0104,
          snrDb: 19.83,
        },
      },
    }),
  };
}
