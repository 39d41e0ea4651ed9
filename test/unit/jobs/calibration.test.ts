import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { calibrate } from '../../../src/jobs/calibration';
import type { JobContext } from '../../../src/jobs/job';
import { openModel } from '../../../src/modelfile/open';
import type { QuantizeSpec } from '../../../src/protocol/jobSpec';
import { inlinePool } from '../../../src/quantize/kernels/pool';
import type { CalibrationData } from '../../../src/quantize/calibration/statistics';
import { saveModel } from '../loader/saveModel';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { writeModel, quantizeSpec } from '../quantize/modelFiles';
import { normalSample } from '../quantize/samples';

/** x times a matrix of 64 × 64; every training example is a row of ones. */
const PRODUCT = `
import * as tf from '@tensorflow/tfjs';
import { arrays, defineExperiment } from 'weightroom';

const ones = Array.from({ length: 4 }, () => new Array(64).fill(1));

export default defineExperiment({
  name: 'a product',
  data: arrays({ train: { x: ones, y: ones } }),
  model: () => {
    const kernel = tf.tidy(() => tf.variable(tf.zeros([64, 64])));
    return { variables: { kernel }, forward: (x) => x.matMul(kernel) };
  },
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 4,
  epochs: 1,
  seed: 1,
});
`;

describe('the calibration of a job', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  /** A model of text: ids to vectors to scores. */
  async function textModel(): Promise<string> {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 256, outputDim: 32, inputLength: 8 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 64 }),
      ],
    });
    return saveModel(tf, model, await temporaryFolder());
  }

  interface Outcome {
    readonly data: CalibrationData | undefined;
    readonly messages: readonly string[];
    readonly outputs: string;
    readonly engines: readonly string[];
  }

  async function outcome(
    input: string,
    changes: Partial<QuantizeSpec> & Pick<QuantizeSpec, 'method'>,
  ): Promise<Outcome> {
    const outputs = await temporaryFolder();
    const engines: string[] = [];
    const context: JobContext = {
      folder: outputs,
      outputs,
      signal: new AbortController().signal,
      engine(id) {
        engines.push(id);
        return loadEngine('cpu');
      },
    };
    const source = await openModel(input);
    try {
      const spec = quantizeSpec(input, path.join(outputs, 'model.json'), changes);
      const run = calibrate(spec, source, inlinePool, context);
      const messages: string[] = [];
      for (;;) {
        const next = await run.next();
        if (next.done) return { data: next.value, messages, outputs, engines };
        if (next.value.type === 'message') messages.push(next.value.text);
      }
    } finally {
      await source.close();
    }
  }

  it('runs a model of text on random inputs where dependent is asked for and nothing is said', async () => {
    const { data, messages, outputs, engines } = await outcome(await textModel(), { method: 'dependent' });
    expect(messages).toEqual([expect.stringMatching(/^Calibrated with 64 random inputs\./)]);
    expect(engines).toEqual(['best']);
    const kinds = Array.from(data!.layers.values(), ({ kind, inputs }) => `${kind} ${inputs}`);
    expect(kinds.sort()).toEqual(['hessian 256', 'lookups 256']);
    expect(await readdir(outputs)).toEqual(['statistics.safetensors']);
    await data!.close();
    expect(await readdir(outputs)).toEqual([]);
  });

  it('computes on the engine that the job names', async () => {
    const { data, engines } = await outcome(await textModel(), {
      method: 'rtn',
      calibration: 'random',
      engine: 'cpu',
    });
    expect(engines).toEqual(['cpu']);
    await data!.close();
  });

  it('does nothing where nobody asked, or somebody asked for nothing', async () => {
    const text = await textModel();
    const folder = await temporaryFolder();
    const values = normalSample(64 * 64, 1);
    const weights = await writeModel(folder, [{ name: 'embedding', dtype: 'F32', shape: [64, 64], values }]);
    await weights.close();
    for (const [input, changes] of [
      [text, { method: 'rtn' }],
      [text, { method: 'dependent', calibration: 'none' }],
      [path.join(folder, 'model.safetensors'), { method: 'dependent' }],
    ] as const) {
      const { data, messages, engines, outputs } = await outcome(input, changes);
      expect(data).toBeUndefined();
      expect(messages).toEqual([]);
      expect(engines).toEqual([]);
      expect(await readdir(outputs)).toEqual([]);
    }
  });

  it('runs the experiment that trained the weights on its training data', async () => {
    const folder = await temporaryFolder();
    const experiment = path.join(folder, 'product.ts');
    await writeFile(experiment, PRODUCT);
    const tensor = {
      name: 'kernel',
      dtype: 'F32' as const,
      shape: [64, 64],
      values: normalSample(64 * 64, 1),
    };
    await (await writeModel(folder, [tensor])).close();
    const { data, messages, outputs } = await outcome(path.join(folder, 'model.safetensors'), {
      method: 'rtn',
      experiment,
    });
    expect(messages).toEqual([expect.stringMatching(/^Calibrated with 4 examples of /)]);
    const { values } = await data!.read('kernel');
    // The sum of x·xᵀ over four rows of ones; only its scale is free.
    expect(new Set(Array.from(values, (value) => value / values[0]!))).toEqual(new Set([1]));
    await data!.close();
    expect(await readdir(outputs)).toEqual([]);
  });

  it('may fail where nobody asked for it, and says so; fails where somebody did', async () => {
    const input = await textModel();
    const json = JSON.parse(await readFile(input, 'utf8')) as { modelTopology: unknown };
    await writeFile(input, JSON.stringify({ ...json, modelTopology: { class_name: 'Nothing', config: {} } }));
    const { data, messages, outputs } = await outcome(input, { method: 'dependent' });
    expect(data).toBeUndefined();
    expect(messages).toEqual([expect.stringContaining('without calibration')]);
    expect(await readdir(outputs)).toEqual([]);
    await expect(outcome(input, { method: 'dependent', calibration: 'random' })).rejects.toMatchObject({
      code: 'model-failed',
    });
  });

  it('refuses a text for a model whose tokens are not known', async () => {
    const text = path.join(await temporaryFolder(), 'lines.txt');
    await writeFile(text, 'One line.\n');
    await expect(outcome(await textModel(), { method: 'rtn', calibration: text })).rejects.toMatchObject({
      code: 'text-not-usable',
    });
  });
});
