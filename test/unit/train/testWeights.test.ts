import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { testWeights } from '../../../src/train/testWeights';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { writeModel } from '../quantize/modelFiles';

/** y = 2x, tested at 1, 2 and 3; the model multiplies by its one weight. */
const EXPERIMENT = `
import * as tf from '@tensorflow/tfjs';
import { arrays, defineExperiment } from 'weightroom';

export default defineExperiment({
  name: 'a line',
  data: arrays({ train: { x: [[1]], y: [[2]] }, test: { x: [[1], [2], [3]], y: [[2], [4], [6]] } }),
  model: () => {
    const slope = tf.tidy(() => tf.variable(tf.zeros([1, 1])));
    return { variables: { slope }, forward: (x) => x.matMul(slope) };
  },
  loss: 'meanSquaredError',
  metrics: [{ name: 'negativeError', higherIsBetter: true, of: (target, answer) => answer.sub(target).abs().mean().neg() }],
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 1,
  epochs: 1,
  seed: 1,
});
`;

describe('testing the weights of an experiment before and after', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  async function files(before: number, after: number) {
    const experiment = path.join(await temporaryFolder(), 'line.ts');
    await writeFile(experiment, EXPERIMENT);
    const [first, second] = await Promise.all(
      [before, after].map(async (slope) => {
        const folder = await temporaryFolder();
        const tensor = {
          name: 'slope',
          dtype: 'F32' as const,
          shape: [1, 1],
          values: Float32Array.of(slope),
        };
        await (await writeModel(folder, [tensor])).close();
        return path.join(folder, 'model.safetensors');
      }),
    );
    return { experiment, pair: { before: first!, after: second! } };
  }

  it('measures the loss and every metric on all test examples', async () => {
    const { experiment, pair } = await files(2, 2.5);
    const tensors = tf.memory().numTensors;
    const qualities = await testWeights(tf, experiment, pair, new AbortController().signal);
    expect(tf.memory().numTensors).toBe(tensors);
    const common = { task: 'test data of a line', samples: 3, before: expect.closeTo(0, 6) as number };
    expect(qualities).toEqual([
      // The mean of (x / 2)² over 1, 2, 3.
      { ...common, metric: 'testLoss', after: expect.closeTo(14 / 12, 6) as number, higherIsBetter: false },
      {
        ...common,
        metric: 'testNegativeError',
        after: expect.closeTo(-1, 6) as number,
        higherIsBetter: true,
      },
    ]);
  });

  it('has no answer where it is stopped', async () => {
    const { experiment, pair } = await files(1, 2);
    expect(await testWeights(tf, experiment, pair, AbortSignal.abort())).toBeUndefined();
  });

  it('refuses weights of another model', async () => {
    const { experiment, pair } = await files(1, 2);
    const folder = await temporaryFolder();
    const other = { name: 'other', dtype: 'F32' as const, shape: [1], values: Float32Array.of(1) };
    await (await writeModel(folder, [other])).close();
    const strange = { ...pair, after: path.join(folder, 'model.safetensors') };
    await expect(testWeights(tf, experiment, strange, new AbortController().signal)).rejects.toMatchObject({
      code: 'weights-mismatch',
    });
  });
});
