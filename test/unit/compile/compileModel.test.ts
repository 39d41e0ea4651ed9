import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { compileModel } from '../../../src/compile/compileModel';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { labels, normal } from './cases';

let tf: TensorFlow;
let data: { readonly x: Tensor; readonly y: Tensor; readonly testX: Tensor; readonly testY: Tensor };

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
  data = {
    x: normal(tf, [100, 8, 8, 1], 5),
    y: labels(tf, 100, 5, 6),
    testX: normal(tf, [40, 8, 8, 1], 7),
    testY: labels(tf, 40, 5, 8),
  };
});

function network(): LayersModel {
  const initial = (seed: number) => tf.initializers.glorotNormal({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: initial(1),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, activation: 'softmax', kernelInitializer: initial(2) }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** Trains for some epochs with a last batch of 4, callbacks and validation. */
async function fit(model: LayersModel, epochs: number, stopAfter = Infinity) {
  const batches: number[] = [];
  const { history } = await model.fit(data.x, data.y, {
    epochs,
    batchSize: 16,
    shuffle: false,
    validationData: [data.testX, data.testY],
    callbacks: {
      onBatchEnd: (_, logs) => void batches.push(logs!['loss']!),
      onEpochEnd: (epoch) => {
        if (epoch + 1 >= stopAfter) model.stopTraining = true;
      },
    },
  });
  return { history: history as Record<string, number[]>, batches };
}

test('an unmodified fit gives the same history, batches and weights', async () => {
  const [plain, fast] = [network(), network()];
  const compiled = compileModel(tf, fast);
  const expected = await fit(plain, 5);
  const actual = await fit(fast, 5);
  expect(Object.keys(actual.history).sort()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
  for (const [name, values] of Object.entries(expected.history)) {
    values.forEach((value, epoch) => expect(actual.history[name]![epoch]).toBeCloseTo(value, 3));
  }
  expected.batches.forEach((loss, i) => expect(actual.batches[i]).toBeCloseTo(loss, 3));
  // Batches of 16 and one of 4; tests of 16 and one of 8.
  const { train, test: tested } = compiled.info();
  expect(train.map(({ state }) => state)).toEqual(['compiled', 'compiled']);
  expect(tested.map(({ state }) => state)).toEqual(['compiled', 'compiled']);
  compiled.dispose();
  const [a, b] = [plain, fast].map((model) => model.predict(data.testX) as Tensor);
  expect(tf.max(tf.abs(tf.sub(a!, b!))).dataSync()[0]).toBeLessThan(1e-3);
});

test('stopTraining stops, and a second fit and an evaluation go on compiled', async () => {
  const model = network();
  const compiled = compileModel(tf, model);
  const first = await fit(model, 9, 2);
  expect(first.history['loss']).toHaveLength(2);
  const second = await fit(model, 2);
  expect(second.history['loss']![1]).toBeLessThan(first.history['loss']![0]!);
  const [loss] = model.evaluate(data.testX, data.testY, { batchSize: 16 }) as Tensor[];
  expect(loss!.dataSync()[0]).toBeCloseTo(second.history['val_loss']![1]!, 4);
  const { train } = compiled.info();
  expect(train[0]).toMatchObject({ state: 'compiled', steps: 24 });
  compiled.dispose();
});

test('a model whose steps cannot be compiled trains as without', async () => {
  const stateful = (): LayersModel => {
    const [kernelInitializer, recurrentInitializer] = [1, 2].map((seed) =>
      tf.initializers.glorotNormal({ seed }),
    );
    const model = tf.sequential({
      layers: [
        tf.layers.lstm({
          batchInputShape: [20, 8, 8],
          units: 6,
          stateful: true,
          kernelInitializer: kernelInitializer!,
          recurrentInitializer: recurrentInitializer!,
        }),
        tf.layers.dense({ units: 5, kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }) }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    return model;
  };
  const [plain, fast] = [stateful(), stateful()];
  const compiled = compileModel(tf, fast);
  const x = tf.reshape(data.x, [100, 8, 8]);
  const [expected, actual] = await Promise.all(
    [plain, fast].map(async (model) => {
      const { history } = await model.fit(x, data.y, { epochs: 3, batchSize: 20, shuffle: false });
      return history['loss'];
    }),
  );
  expect(actual).toEqual(expected);
  expect(compiled.info().train).toEqual([expect.objectContaining({ state: 'eager', steps: 15 })]);
  compiled.dispose();
  const [a, b] = [plain, fast].map((model) => model.getWeights().map((weight) => weight.dataSync()));
  expect(a).toEqual(b);
});

test('a new optimizer and frozen layers take effect', async () => {
  const model = network();
  const compiled = compileModel(tf, model);
  await fit(model, 2);
  model.layers[0]!.trainable = false;
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy' });
  const frozen = model.layers[0]!.getWeights()[0]!.dataSync().slice();
  const moving = model.layers[3]!.getWeights()[0]!.dataSync().slice();
  await fit(model, 2);
  expect(model.layers[0]!.getWeights()[0]!.dataSync()).toEqual(frozen);
  expect(model.layers[3]!.getWeights()[0]!.dataSync()).not.toEqual(moving);
  expect(compiled.info().train[0]).toMatchObject({ state: 'compiled' });
  compiled.dispose();
});

test('fitDataset trains compiled, and the model can be saved and loaded', async () => {
  const model = network();
  const compiled = compileModel(tf, model);
  const dataset = tf.data
    .zip({ xs: tf.data.array(tf.unstack(data.x)), ys: tf.data.array(tf.unstack(data.y)) })
    .batch(20) as never;
  const { history } = await model.fitDataset(dataset, { epochs: 4, callbacks: {} });
  expect(history['loss']).toHaveLength(4);
  expect(compiled.info().train[0]).toMatchObject({ state: 'compiled', steps: 20 });
  let artifacts: Parameters<typeof tf.io.fromMemory>[0] | undefined;
  await model.save(
    tf.io.withSaveHandler((saved) => {
      artifacts = saved;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  const copy = await tf.loadLayersModel(tf.io.fromMemory(artifacts as never));
  const [a, b] = [model, copy].map((one) => (one.predict(data.testX) as Tensor).dataSync());
  expect(a).toEqual(b);
  compiled.dispose();
});
