import path from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { openModel } from '../../../../src/modelfile/open';
import { calibrateModel, calibrationData } from '../../../../src/quantize/calibration/calibrateModel';
import { openStatistics, writeStatistics } from '../../../../src/quantize/calibration/statisticsFile';
import { inlinePool } from '../../../../src/quantize/kernels/pool';
import { openAnyModel } from '../../../../src/quantize/native/open';
import { quantizeModel } from '../../../../src/quantize/quantizeModel';
import type { CalibrationData } from '../../../../src/quantize/calibration/statistics';
import { saveModel } from '../../loader/saveModel';
import { temporaryFolder } from '../../modelfile/temporaryFolder';
import { quantizeSpec } from '../modelFiles';

const OPTIONS = { keep: [], seed: 3, samples: 256, pool: inlinePool };

describe('calibrating a model of TensorFlow.js on random inputs', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  /** A narrow layer before a wide one: what the wide one is given lies near a plane of few dimensions. */
  function network(): LayersModel {
    const dense = (units: number, seed: number, rest: object = {}) =>
      tf.layers.dense({ units, kernelInitializer: tf.initializers.heNormal({ seed }), ...rest });
    return tf.sequential({
      layers: [
        dense(12, 1, { inputShape: [40], activation: 'tanh' }),
        dense(128, 2, { activation: 'tanh' }),
        dense(64, 3),
      ],
    });
  }

  async function saved(): Promise<{ readonly model: LayersModel; readonly file: string }> {
    const model = network();
    return { model, file: await saveModel(tf, model, await temporaryFolder()) };
  }

  /** Share of the output that coding the weights at 3 bits costs, on inputs that nobody has seen. */
  async function outputError(
    { model, file }: Awaited<ReturnType<typeof saved>>,
    method: 'dependent' | 'rtn',
    calibration?: CalibrationData,
  ): Promise<number> {
    const source = await openModel(file);
    const output = path.join(await temporaryFolder(), 'model.json');
    const spec = quantizeSpec(file, output, { method, bits: 3 });
    const context = { signal: new AbortController().signal, pool: inlinePool };
    const run = quantizeModel(source, spec, { ...context, ...(calibration && { calibration }) });
    while (!(await run.next()).done);
    const x = tf.randomNormal([500, 40], 0, 1, 'float32', 99);
    const before = model.predict(x) as Tensor;
    const quantized = network();
    const decoded = await openAnyModel(output);
    const weights = decoded.tensors.map(async ({ name, shape }) =>
      tf.tensor(await decoded.readFloat32(name), [...shape]),
    );
    quantized.setWeights(await Promise.all(weights));
    const after = quantized.predict(x) as Tensor;
    const squares = (values: Tensor) => tf.sum(tf.square(values)).dataSync()[0]!;
    return squares(tf.sub(after, before)) / squares(before);
  }

  it('finds E[x xᵀ] of every layer that will be coded, and what its errors do', async () => {
    const { model, file } = await saved();
    const { layers, source } = await calibrateModel(tf, await openModel(file), OPTIONS);
    expect(source).toContain('256');
    // The matrices [40, 12] and [12, 128] have a side below 32 and are kept.
    expect([...layers.keys()]).toEqual([model.weights[4]!.originalName]);
    const [layer] = layers.values();
    expect(layer).toMatchObject({ kind: 'hessian', inputs: 128, outputsFirst: false });
    expect(layer!.sensitivity).toBeGreaterThan(0);
    const diagonal = Array.from({ length: 128 }, (_, i) => layer!.values[129 * i]!);
    for (const mean of diagonal) expect(mean).toBeGreaterThan(0);
    // What a tanh gives is at most 1.
    for (const mean of diagonal) expect(mean).toBeLessThanOrEqual(1);
  });

  it.each(['dependent', 'rtn'] as const)('lets %s lose less of the output', async (method) => {
    const network = await saved();
    const calibration = await calibrateModel(tf, await openModel(network.file), OPTIONS);
    const without = await outputError(network, method);
    const withIt = await outputError(network, method, calibrationData(calibration));
    expect(withIt).toBeLessThan(without / 2);
  });

  it('gives the same from a file of statistics, up to float32', async () => {
    const network = await saved();
    const calibration = await calibrateModel(tf, await openModel(network.file), OPTIONS);
    const file = await writeStatistics(path.join(await temporaryFolder(), 's.safetensors'), calibration, {
      force: false,
    });
    const stored = await openStatistics(file, () => false);
    const [name] = calibration.layers.keys();
    expect(stored.layers.get(name!)).toEqual({ ...calibration.layers.get(name!), values: undefined });
    const direct = await outputError(network, 'rtn', calibrationData(calibration));
    expect((await outputError(network, 'rtn', stored)) / direct).toBeCloseTo(1, 1);
    await stored.close();
  });

  it('gives the same for the same seed', async () => {
    const { file } = await saved();
    const once = await calibrateModel(tf, await openModel(file), OPTIONS);
    const again = await calibrateModel(tf, await openModel(file), OPTIONS);
    const other = await calibrateModel(tf, await openModel(file), { ...OPTIONS, seed: 4 });
    const values = ({ layers }: typeof once) => [...layers.values()].map((layer) => layer.values);
    expect(values(again)).toEqual(values(once));
    expect(values(other)).not.toEqual(values(once));
  });

  it('says what to do where nothing can be calibrated', async () => {
    const { file } = await saved();
    await expect(
      calibrateModel(tf, await openModel(file), { ...OPTIONS, keep: ['*'] }),
    ).rejects.toMatchObject({
      code: 'nothing-to-calibrate',
      remedy: 'Quantize without calibration.',
    });
  });
});
