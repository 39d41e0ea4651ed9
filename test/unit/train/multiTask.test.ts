import type { Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrays } from '../../../src/data/arrays';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import type { CustomModel, Experiment, TaskLosses } from '../../../src/train/experiment';
import { applyOverrides, checkExperiment } from '../../../src/train/settings';
import { metricsOf, record } from './record';
import { twoTaskExperiment } from './twoTasks';

/** Two lines through one shared slope: left is w·x + a, right is w·x + b. */
function lines(tf: TensorFlow, loss: Experiment['loss'], model: (w: Variable) => CustomModel['forward']) {
  const x = Array.from({ length: 20 }, (_, i) => [i / 10 - 1]);
  const y = { left: x.map(([value]) => value! + 1), right: x.map(([value]) => 3 * value!) };
  return {
    name: 'lines',
    data: arrays({ train: { x, y }, test: { x, y } }),
    model: () => {
      const w = tf.variable(tf.scalar(0.5));
      return { variables: { w }, forward: model(w) };
    },
    loss,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    batchSize: 20,
    epochs: 3,
    seed: 1,
  } as const satisfies Experiment;
}

describe('several tasks', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  const named = (w: Variable) => (x: Tensor) => ({ left: tf.mul(x, w), right: tf.mul(x, w) });

  it('reports the weighted sum and each task, in training and in tests', async () => {
    const { events, result } = await record({ tf, experiment: twoTaskExperiment(tf, { epochs: 30 }) });
    const metrics = metricsOf(events);
    const [, first] = metrics[0]!;
    expect(Object.keys(first)).toEqual(['trainLoss', 'trainLossSide', 'trainLossRadius']);
    const penalty = first['trainLoss']! - first['trainLossSide']! - 0.5 * first['trainLossRadius']!;
    expect(penalty).toBeGreaterThan(0);
    expect(penalty).toBeLessThan(0.02);
    const [, test] = metrics.find(([, values]) => 'testLoss' in values)!;
    expect(Object.keys(test)).toEqual(['testLoss', 'testLossSide', 'testLossRadius', 'testAccuracySide']);
    expect(test['testLoss']).toBeCloseTo(test['testLossSide']! + 0.5 * test['testLossRadius']!, 5);
    expect(result.final['testAccuracySide']).toBeGreaterThan(0.9);
    // What the mean of all radii would have as an answer: the variance of Rayleigh's distribution.
    expect(result.final['testLossRadius']).toBeLessThan(2 - Math.PI / 2);
    expect(result.best['testAccuracySide']!.value).toBeGreaterThanOrEqual(result.final['testAccuracySide']!);
  });

  it.each([1, 2])('moves along the gradient of the weighted sum, in %d part(s)', async (accumulate) => {
    const tasks: TaskLosses = { left: { loss: 'meanSquaredError', weight: 2 }, right: 'meanSquaredError' };
    const { events } = await record({ tf, experiment: { ...lines(tf, tasks, named), accumulate } });
    // By hand: with m = mean of x², left is (w − 1)²·m + 2·(w − 1)·mean(−x) + 1, right is (w − 3)²·m.
    const x = Array.from({ length: 20 }, (_, i) => i / 10 - 1);
    const mean = (of: (value: number) => number) => x.reduce((sum, value) => sum + of(value), 0) / 20;
    let w = 0.5;
    for (const [, values] of metricsOf(events).filter(([, { trainLoss }]) => trainLoss !== undefined)) {
      const [left, right] = [mean((v) => (w * v - v - 1) ** 2), mean((v) => (w * v - 3 * v) ** 2)];
      expect(values['trainLossLeft']).toBeCloseTo(left, 5);
      expect(values['trainLossRight']).toBeCloseTo(right, 5);
      expect(values['trainLoss']).toBeCloseTo(2 * left + right, 5);
      w -= 0.1 * (2 * mean((v) => 2 * v * (w * v - v - 1)) + mean((v) => 2 * v * (w * v - 3 * v)));
    }
  });

  it('trains some of the targets alone', async () => {
    const { result } = await record({ tf, experiment: lines(tf, { right: 'meanSquaredError' }, named) });
    expect(Object.keys(result.final)).toEqual(['trainLoss', 'trainLossRight', 'testLoss', 'testLossRight']);
    expect(result.final['testLoss']).toBe(result.final['testLossRight']);
  });

  it('has metrics and weights by task, which can be set', async () => {
    const metrics = [{ name: 'bias', of: (y: Tensor, own: Tensor) => tf.mean(tf.sub(own, y)).asScalar() }];
    const tasks: TaskLosses = { left: { loss: 'meanSquaredError', metrics }, right: 'meanSquaredError' };
    const experiment = applyOverrides(checkExperiment(lines(tf, tasks, named)), { 'loss.right.weight': 0 });
    const { result } = await record({ tf, experiment });
    // The mean of x is −0.05 and w stays between 0.5 and 1.
    expect(result.final['testBiasLeft']).toBeCloseTo(-1, 1);
    expect(result.final['testLoss']).toBeCloseTo(result.final['testLossLeft']!, 6);
    expect(result.final['testLossRight']).toBeGreaterThan(1);
  });

  it.each<[string, Experiment['loss'], string]>([
    ['a task without a target', { middle: 'meanSquaredError' }, 'tasks-do-not-fit'],
    ['one loss for several targets', 'meanSquaredError', 'tasks-do-not-fit'],
    [
      'accuracy of numbers',
      { left: { loss: 'meanSquaredError', metrics: ['accuracy'] } },
      'data-without-classes',
    ],
  ])('refuses %s', async (_name, loss, code) => {
    await expect(record({ tf, experiment: lines(tf, loss, named) })).rejects.toMatchObject({ code });
  });

  it('says which output the model lacks', async () => {
    const loss: TaskLosses = { left: 'meanSquaredError', right: 'meanSquaredError' };
    const misfit = (forward: (w: Variable) => CustomModel['forward']) =>
      expect(record({ tf, experiment: lines(tf, loss, forward) })).rejects;
    await misfit((w) => (x) => ({ left: tf.mul(x, w) })).toMatchObject({
      code: 'model-does-not-fit',
      message: expect.stringContaining('no output "right"') as string,
      remedy: expect.stringContaining('left [], right []') as string,
    });
    await misfit((w) => (x) => tf.mul(x, w)).toMatchObject({ code: 'model-does-not-fit' });
  });

  it.each([
    ['no tasks', { loss: {} }],
    ['a name that is no camelCase', { loss: { 'left eye': 'meanSquaredError' } }],
    ['an unknown loss', { loss: { left: 'hinge' } }],
    ['a negative weight', { loss: { left: { loss: 'meanSquaredError', weight: -1 } } }],
    ['an unknown field', { loss: { left: { loss: 'meanSquaredError', factor: 1 } } }],
    ['metrics beside the tasks', { loss: { left: 'meanSquaredError' }, metrics: [] }],
  ])('refuses an experiment with %s', (_name, change) => {
    expect(() => checkExperiment({ ...lines(tf, 'meanSquaredError', named), ...change })).toThrow(
      expect.objectContaining({ code: 'experiment-malformed' }) as Error,
    );
  });

  it('warns of a softmax before a loss that applies another, in that task alone', async () => {
    const model = (activation: 'softmax' | 'linear') => () => {
      const point = tf.input({ shape: [2] });
      const side = tf.layers.dense({ name: 'side', units: 2, activation }).apply(point);
      const radius = tf.layers.dense({ name: 'radius', units: 1, activation: 'softmax' }).apply(point);
      return tf.model({ inputs: point, outputs: [side, radius] as never });
    };
    const warnings = async (activation: 'softmax' | 'linear') =>
      (
        await record({ tf, experiment: twoTaskExperiment(tf, { model: model(activation) }), maxSteps: 1 })
      ).events.filter(({ type }) => type === 'message');
    expect(await warnings('softmax')).toHaveLength(1);
    expect(await warnings('linear')).toHaveLength(0);
  });
});
