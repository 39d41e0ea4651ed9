import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { inlinePool } from '../../../src/quantize/kernels/pool';
import { openStatistics } from '../../../src/quantize/calibration/openStatistics';
import { calibrateExperiment } from '../../../src/train/calibrateExperiment';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { writeModel } from '../quantize/modelFiles';
import { normalSample } from '../quantize/samples';

/** Two layers by hand; the data are rows of 64 numbers of which only the first eight are not 0. */
const EXPERIMENT = `
import * as tf from '@tensorflow/tfjs';
import { arrays, defineExperiment } from 'weightroom';

const x = Array.from({ length: 40 }, (_, i) =>
  Array.from({ length: 64 }, (_, k) => (k < 8 ? Math.sin(i * (k + 1)) : 0)),
);

export default defineExperiment({
  name: 'two layers',
  data: arrays({ train: { x, y: x.map(() => [0]) } }),
  model: () => {
    const zeros = (...shape) => tf.tidy(() => tf.variable(tf.zeros(shape)));
    const [first, second] = [zeros(64, 64), zeros(64, 1)];
    return {
      variables: { first, second },
      forward: (input) => input.matMul(first).tanh().matMul(second),
    };
  },
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 4,
  epochs: 1,
  seed: 1,
});
`;

describe('calibrating the weights that an experiment trained', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  async function calibrated(samples?: number) {
    const folder = await temporaryFolder();
    const experiment = path.join(folder, 'two-layers.ts');
    await writeFile(experiment, EXPERIMENT);
    const weights = await writeModel(folder, [
      { name: 'first', dtype: 'F32', shape: [64, 64], values: normalSample(64 * 64, 1) },
      { name: 'second', dtype: 'F32', shape: [64, 1], values: normalSample(64, 2) },
    ]);
    await weights.close();
    return calibrateExperiment(tf, path.join(folder, 's.safetensors'), {
      experiment,
      weights: path.join(folder, 'model.safetensors'),
      samples,
      keep: [],
      pool: inlinePool,
      force: false,
    });
  }

  it('runs its model with those weights on its training data', async () => {
    const before = tf.memory().numTensors;
    const { file, source, layers } = await calibrated();
    expect(tf.memory().numTensors).toBe(before);
    expect(source).toContain('40 examples of ');
    // The second matrix is too narrow to be quantized.
    expect([...layers.keys()]).toEqual(['first']);
    // Ten of the 40 examples only measure.
    expect(layers.get('first')).toMatchObject({
      kind: 'hessian',
      inputs: 64,
      samples: 30,
      outputsFirst: false,
    });
    expect(layers.get('first')!.sensitivity).toBeGreaterThan(0);
    const data = await openStatistics(file, () => false);
    const { values } = await data.read('first');
    await data.close();
    for (let k = 0; k < 64; k++) {
      if (k < 8) expect(values[65 * k]!).toBeGreaterThan(0.2);
      else expect(values[65 * k]!).toBe(0);
    }
  });

  it('looks at as many examples as it is told to', async () => {
    expect((await calibrated(8)).layers.get('first')!.samples).toBe(6);
  });
});
