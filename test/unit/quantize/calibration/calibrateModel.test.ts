import path from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { openModel } from '../../../../src/modelfile/open';
import { calibrateModel } from '../../../../src/quantize/calibration/calibrateModel';
import type { GatherOptions } from '../../../../src/quantize/calibration/gatherCalibration';
import { openStatistics } from '../../../../src/quantize/calibration/openStatistics';
import { inlinePool } from '../../../../src/quantize/kernels/pool';
import { openAnyModel } from '../../../../src/quantize/native/open';
import { quantizeModel } from '../../../../src/quantize/quantizeModel';
import type { CalibrationData, LayerSummary } from '../../../../src/quantize/calibration/statistics';
import { saveModel } from '../../loader/saveModel';
import { temporaryFolder } from '../../modelfile/temporaryFolder';
import { quantizeSpec } from '../modelFiles';

const OPTIONS = { keep: [], seed: 3, samples: 256, pool: inlinePool, force: false };

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

  /** Calibrates a model's file, and opens what was written. */
  async function calibrated(
    file: string,
    options: Partial<GatherOptions> & { readonly seed?: number } = {},
  ): Promise<CalibrationData> {
    const output = path.join(await temporaryFolder(), 'statistics.safetensors');
    const calibration = await calibrateModel(tf, await openModel(file), output, { ...OPTIONS, ...options });
    const data = await openStatistics(calibration.file, () => false);
    expect(calibration).toEqual({ file: output, source: data.source, layers: data.layers });
    return data;
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
    const data = await calibrated(file);
    const { layers, source } = data;
    expect(source).toContain('256');
    // The matrices [40, 12] and [12, 128] have a side below 32 and are kept.
    expect([...layers.keys()]).toEqual([model.weights[4]!.originalName]);
    const [[name, layer]] = [...layers] as [[string, LayerSummary]];
    expect(layer).toMatchObject({ kind: 'hessian', inputs: 128, outputsFirst: false });
    expect(layer.sensitivity).toBeGreaterThan(0);
    const { values } = await data.read(name);
    const diagonal = Array.from({ length: 128 }, (_, i) => values[129 * i]!);
    for (const mean of diagonal) expect(mean).toBeGreaterThan(0);
    // What a tanh gives is at most 1.
    for (const mean of diagonal) expect(mean).toBeLessThanOrEqual(1);
  });

  it.each(['dependent', 'rtn'] as const)('lets %s lose less of the output', async (method) => {
    const network = await saved();
    const without = await outputError(network, method);
    const withIt = await outputError(network, method, await calibrated(network.file));
    expect(withIt).toBeLessThan(without / 2);
  });

  it('gives the same for the same seed', async () => {
    const { file } = await saved();
    const values = async (data: CalibrationData) =>
      Promise.all(Array.from(data.layers.keys(), async (name) => (await data.read(name)).values));
    const once = await values(await calibrated(file));
    expect(await values(await calibrated(file))).toEqual(once);
    expect(await values(await calibrated(file, { seed: 4 }))).not.toEqual(once);
  });

  it('goes over the samples once for each layer where no two fit in memory, and finds the same', async () => {
    const wide = tf.sequential({
      layers: [32, 40, 48].map((units, i) =>
        tf.layers.dense({
          units,
          activation: 'tanh',
          kernelInitializer: tf.initializers.heNormal({ seed: i }),
          ...(i === 0 && { inputShape: [128] }),
        }),
      ),
    });
    wide.add(tf.layers.dense({ units: 128, kernelInitializer: tf.initializers.heNormal({ seed: 9 }) }));
    const file = await saveModel(tf, wide, await temporaryFolder());
    const runs: number[] = [];
    const tell = (done: number, total: number) => runs.push(done / total);
    const together = await calibrated(file);
    const apart = await calibrated(file, { heldBytes: 1, onProgress: tell });
    // Of 128 × 32, 32 × 40, 40 × 48 and 48 × 128 weights the first and the last matrix are large enough.
    expect(apart.layers.size).toBe(2);
    expect(apart.layers).toEqual(together.layers);
    for (const name of apart.layers.keys()) {
      expect((await apart.read(name)).values).toEqual((await together.read(name)).values);
    }
    // 208 samples to gather from and 48 to measure on, twice, and 48 for each layer that is coded.
    expect(runs.length).toBe(2 * (208 + 48) + 2 * 48);
    expect(runs).toEqual(runs.toSorted((a, b) => a - b));
    expect(runs.at(-1)).toBe(1);
  });

  it('says what to do where nothing can be calibrated', async () => {
    const { file } = await saved();
    await expect(calibrated(file, { keep: ['*'] })).rejects.toMatchObject({
      code: 'nothing-to-calibrate',
      remedy: 'Quantize without calibration.',
    });
  });
});
