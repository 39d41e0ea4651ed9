import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Scalar } from '@tensorflow/tfjs';
import { arrays } from '../../../src/data/arrays';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { openModel } from '../../../src/modelfile/open';
import type { CustomModel, Experiment } from '../../../src/train/experiment';
import { metricsOf, record } from './record';
import { spiralExperiment } from './spirals';

describe('train', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  it('reports every step, a test after every epoch, and where it is', async () => {
    const { events, result } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 3 }) });
    const metrics = metricsOf(events);
    const losses = metrics.filter(([, values]) => 'trainLoss' in values);
    const tests = metrics.filter(([, values]) => 'testLoss' in values);
    expect(losses.map(([step]) => step)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    expect(tests.map(([step]) => step)).toEqual([7, 14, 21]);
    expect(Object.keys(tests[0]![1])).toEqual(['testLoss', 'testAccuracy']);
    expect(events.filter((event) => event.type === 'progress').at(-1)).toEqual({
      type: 'progress',
      done: 21,
      total: 21,
      unit: 'steps',
      what: 'epoch 3 of 3',
    });
    const steps = metrics.map(([step]) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(result.final).toEqual({ ...losses.at(-1)![1], ...tests.at(-1)![1] });
    const accuracies = tests.map(([, values]) => values['testAccuracy']!);
    expect(result.best['testAccuracy']!.value).toBe(Math.max(...accuracies));
  });

  it('visits every example once an epoch, in an order of its own', async () => {
    const visited: number[][] = [];
    const size = 10;
    const experiment = spiralExperiment(tf, {
      data: arrays({ train: { x: Array.from({ length: size }, (_, i) => [i]), y: new Array(size).fill(0) } }),
      model: () => recordingModel(tf, visited),
      loss: 'meanSquaredError',
      batchSize: 4,
      epochs: 2,
    });
    await record({ tf, experiment });
    const batches = visited.filter((batch) => batch.length > 0);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2]);
    const [first, second] = [batches.slice(0, 3).flat(), batches.slice(3).flat()];
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    expect([...second].sort((a, b) => a - b)).toEqual([...first].sort((a, b) => a - b));
    expect(second).not.toEqual(first);
  });

  it('changes training images by seed and step, and tests them as they are', async () => {
    const pixels = { values: Uint8Array.from({ length: 8 * 36 }, (_, i) => i % 251), shape: [8, 6, 6, 1] };
    const split = { x: pixels, y: Array.from({ length: 8 }, (_, i) => i % 2) };
    const experiment = spiralExperiment(tf, {
      data: arrays({ train: split, test: split, classes: 2 }),
      model: () =>
        tf.sequential({
          layers: [tf.layers.flatten({ inputShape: [6, 6, 1] }), tf.layers.dense({ units: 2 })],
        }),
      batchSize: 4,
      epochs: 2,
    });
    const losses = async (change: Partial<Experiment>) =>
      metricsOf((await record({ tf, experiment: { ...experiment, ...change } })).events);
    const augmented = await losses({ augment: { crop: 2, flip: true } });
    expect(await losses({ augment: { crop: 2, flip: true } })).toEqual(augmented);
    expect(await losses({})).not.toEqual(augmented);
    expect(
      await losses({ augment: { crop: 2, flip: true }, optimizer: { name: 'sgd', learningRate: 1e-30 } }),
    ).toEqual(
      expect.arrayContaining(
        (await losses({ optimizer: { name: 'sgd', learningRate: 1e-30 } })).filter(
          ([, values]) => 'testLoss' in values,
        ),
      ),
    );
    await expect(
      record({ tf, experiment: spiralExperiment(tf, { augment: { flip: true } }) }),
    ).rejects.toMatchObject({
      code: 'model-does-not-fit',
    });
  });

  it('depends on the seed', async () => {
    const [a, b] = [
      await record({ tf, experiment: spiralExperiment(tf, { seed: 1 }) }),
      await record({ tf, experiment: spiralExperiment(tf, { seed: 2 }) }),
    ];
    expect(metricsOf(a.events)).not.toEqual(metricsOf(b.events));
  });

  it('stops at maxSteps with a last test, and tests as seldom as it is told', async () => {
    const experiment = spiralExperiment(tf, { evaluateEvery: 2 });
    const { events, result } = await record({ tf, experiment, maxSteps: 17 });
    expect(result.steps).toBe(17);
    const tests = metricsOf(events).filter(([, values]) => 'testLoss' in values);
    expect(tests.map(([step]) => step)).toEqual([14, 17]);
  });

  it('lets the process breathe, so that a cancellation from outside is seen', async () => {
    const experiment = spiralExperiment(tf, { epochs: 100_000 });
    let timerRan = false;
    setTimeout(() => (timerRan = true), 50);
    const { result } = await record({ tf, experiment, until: () => timerRan });
    expect(timerRan).toBe(true);
    expect(result.steps).toBeLessThan(700_000);
  });

  it('writes nothing but the checkpoint when it is cancelled, and no checkpoint where none is wanted', async () => {
    const until = (event: { type: string }): boolean => event.type === 'metrics';
    const kept = await record({ tf, experiment: spiralExperiment(tf), until });
    expect(outputsOf(kept.events)).toEqual(['checkpoint.safetensors']);
    const none = await record({ tf, experiment: spiralExperiment(tf, { checkpoints: false }), until });
    expect(outputsOf(none.events)).toEqual([]);
  });

  it('names weights the same in every model of a process, and lets other tools open them', async () => {
    const { outputs } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }) });
    const model = await openModel(path.join(outputs, 'model.safetensors'));
    const names = model.tensors.map(({ name }) => name);
    await model.close();
    expect([...names].sort()).toEqual([
      'batch_normalization/beta',
      'batch_normalization/gamma',
      'batch_normalization/moving_mean',
      'batch_normalization/moving_variance',
      'dense/bias',
      'dense/kernel',
      'dense_1/bias',
      'dense_1/kernel',
      'dense_2/bias',
      'dense_2/kernel',
    ]);
  });

  it('trains a model written by hand, with a loss and a metric written by hand', async () => {
    const experiment = lineExperiment(tf, 0.1);
    const { result } = await record({ tf, experiment });
    expect(result.final['testLoss']).toBeLessThan(1e-4);
    expect(result.final['testLargestError']).toBeLessThan(0.02);
    expect(Object.keys(result.best)).toEqual(['trainLoss', 'testLoss', 'testLargestError']);
  });

  it('warns at the first loss that is not finite, and ends as diverged when it stays so', async () => {
    const events: unknown[] = [];
    const running = record({
      tf,
      experiment: { ...lineExperiment(tf, 1e20), epochs: 1000 },
      until: (event) => {
        if (event.type === 'message') events.push(event);
        return false;
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'diverged' });
    expect(events).toHaveLength(1);
  });

  it('warns about a softmax under softmaxCrossEntropy', async () => {
    const experiment = spiralExperiment(tf, {
      model: () =>
        tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2, activation: 'softmax' })] }),
    });
    const { events } = await record({ tf, experiment, maxSteps: 1 });
    expect(events[0]).toMatchObject({ type: 'message', level: 'warning' });
  });

  it.each([
    ['a wrong input', (): unknown => tf.layers.dense({ inputShape: [3], units: 2 }), 'model-does-not-fit'],
    ['a wrong output', (): unknown => tf.layers.dense({ inputShape: [2], units: 3 }), 'model-does-not-fit'],
    [
      'no weights',
      (): unknown => tf.layers.activation({ inputShape: [2], activation: 'relu' }),
      'model-malformed',
    ],
  ])('refuses a model with %s, and gives its tensors back', async (_name, layer, code) => {
    const before = tf.memory().numTensors;
    const model = (): Experiment['model'] extends (...a: never[]) => infer M ? M : never =>
      tf.sequential({ layers: [layer() as never] });
    await expect(record({ tf, experiment: spiralExperiment(tf, { model }) })).rejects.toMatchObject({ code });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses something that is no model', async () => {
    const experiment = spiralExperiment(tf, { model: () => tf.layers.dense({ units: 1 }) as never });
    await expect(record({ tf, experiment })).rejects.toMatchObject({ code: 'model-malformed' });
  });

  it.each([
    ['batch size', { batchSize: 8 }],
    ['seed', { seed: 6 }],
    ['optimizer', { optimizer: { name: 'sgd', learningRate: 0.1 } as const }],
    ['model', { model: () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2 })] }) }],
  ] as [string, Partial<Experiment>][])('does not resume with another %s', async (_name, changes) => {
    const { outputs } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }) });
    const resumed = record({ tf, experiment: spiralExperiment(tf, changes), resume: outputs });
    await expect(resumed).rejects.toMatchObject({ code: 'checkpoint-mismatch' });
  });

  it('goes on with more epochs and another learning rate', async () => {
    const { outputs } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }) });
    const experiment = spiralExperiment(tf, { epochs: 2, optimizer: { name: 'adam', learningRate: 0.001 } });
    const { events, result } = await record({ tf, experiment, resume: outputs });
    expect(result.steps).toBe(14);
    expect(metricsOf(events)[0]![0]).toBe(8);
  });

  it('carries figures that are not finite over a checkpoint', async () => {
    const line = lineExperiment(tf, 0.1);
    const metrics = [{ name: 'broken', of: (): Scalar => tf.scalar(NaN) }];
    const { outputs, result } = await record({ tf, experiment: { ...line, metrics, epochs: 1 } });
    expect(result.final['testBroken']).toBeNaN();
    expect(result.best['testBroken']).toBeUndefined();
    const again = await record({ tf, experiment: { ...line, metrics, epochs: 1 }, resume: outputs });
    expect(again.result).toEqual(result);
  });

  it('refuses to go on beyond the end', async () => {
    const { outputs } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 2 }) });
    const resumed = record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }), resume: outputs });
    await expect(resumed).rejects.toMatchObject({ code: 'already-trained' });
  });

  it('says so where the checkpoint is damaged', async () => {
    const { outputs } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }) });
    const file = path.join(outputs, 'checkpoint.safetensors');
    await writeFile(file, (await readFile(file)).subarray(0, 1000));
    const resumed = record({ tf, experiment: spiralExperiment(tf), resume: outputs });
    await expect(resumed).rejects.toMatchObject({ name: 'UserError' });
  });
});

function outputsOf(events: readonly { type: string; path?: string }[]): string[] {
  return events.flatMap((event) => (event.type === 'output' ? [path.basename(event.path!)] : []));
}

/** Remembers the inputs of every training batch; its one weight is fitted to y = 0. */
function recordingModel(tf: TensorFlow, visited: number[][]): CustomModel {
  const weight = tf.variable(tf.scalar(1));
  return {
    variables: { weight },
    forward(x, training) {
      visited.push(training ? Array.from(x.dataSync()) : []);
      return tf.mul(x, weight);
    },
  };
}

/** y = 2x + 1, fitted by gradient descent on half the squared error. */
function lineExperiment(tf: TensorFlow, learningRate: number): Experiment {
  const x = Array.from({ length: 40 }, (_, i) => [i / 20 - 1]);
  const y = x.map(([value]) => 2 * value! + 1);
  return {
    name: 'a line',
    data: arrays({ train: { x, y }, test: { x, y } }),
    model: () => {
      const variables = { slope: tf.variable(tf.scalar(0)), offset: tf.variable(tf.scalar(0)) };
      return { variables, forward: (input) => tf.add(tf.mul(input, variables.slope), variables.offset) };
    },
    loss: (target, prediction) => tf.mul(0.5, tf.mean(tf.square(tf.sub(target, prediction)))),
    metrics: [
      {
        name: 'largestError',
        of: (target, prediction): Scalar => tf.max(tf.abs(tf.sub(target, prediction))),
      },
    ],
    optimizer: { name: 'sgd', learningRate },
    batchSize: 10,
    epochs: 60,
    seed: 1,
  };
}
