import type { LayersModel } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrays } from '../../../../src/data/arrays';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { Random } from '../../../../src/math/random';
import { lastLayerConsistency } from '../../../../src/train/instruments/lastLayerConsistency';
import { splittingConsistency } from '../../../../src/train/instruments/splittingConsistency';
import { trainableModel } from '../../../../src/train/trainableModel';
import type { Experiment } from '../../../../src/train/experiment';
import { metricsOf, record } from '../record';
import { spiralExperiment } from '../spirals';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('cpu'));
});

type Loss = 'meanSquaredError' | 'softmaxCrossEntropy';

/** The mean loss's gradient by the weights `[inputs + 1, outputs]`, the last row the bias, as TensorFlow.js has it. */
function gradient(loss: Loss, x: number[][], y: number[][], weights: number[][]): number[][] {
  const sums = weights.map((row) => row.map(() => 0));
  x.forEach((row, n) => {
    const inputs = [...row, 1];
    const logits = weights[0]!.map((_, k) => inputs.reduce((sum, v, i) => sum + v * weights[i]![k]!, 0));
    const powers = logits.map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power, 0);
    const residual = logits.map((logit, k) =>
      loss === 'softmaxCrossEntropy'
        ? powers[k]! / total - y[n]![k]!
        : (2 * (logit - y[n]![k]!)) / logits.length,
    );
    inputs.forEach((v, i) => residual.forEach((r, k) => (sums[i]![k]! += (v * r) / x.length)));
  });
  return sums;
}

/** The same in float64 in the space of the weights: many small steps of Runge and Kutta's method of order four. */
function consistencyByWeights(
  loss: Loss,
  x: number[][],
  y: number[][],
  start: number[][],
  time: number,
): number {
  const moved = (from: number[][], along: number[][], by: number) =>
    from.map((row, i) => row.map((w, k) => w - by * along[i]![k]!));
  const steps = 4000;
  const h = time / steps;
  let weights = start;
  for (let step = 0; step < steps; step++) {
    const k1 = gradient(loss, x, y, weights);
    const k2 = gradient(loss, x, y, moved(weights, k1, h / 2));
    const k3 = gradient(loss, x, y, moved(weights, k2, h / 2));
    const k4 = gradient(loss, x, y, moved(weights, k3, h));
    [k1, k2, k2, k3, k3, k4].forEach((k) => (weights = moved(weights, k, h / 6)));
  }
  const distance = (a: number[][], b: number[][]) =>
    Math.hypot(...a.flatMap((row, i) => row.map((w, k) => w - b[i]![k]!)));
  const sgd = moved(start, gradient(loss, x, y, start), time);
  return distance(sgd, weights) / distance(weights, start);
}

const random = new Random(5);
const X = Array.from({ length: 6 }, () => [random.normal(), 2 * random.normal()]);
const CLASSES = [0, 1, 2, 1, 0, 2].map((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0)));
const VALUES = X.map(() => [random.normal(), random.normal(), random.normal()]);

/** tanh in between, or nothing. */
function network(hasBody: boolean): LayersModel {
  const inputShape = [2];
  return tf.sequential({
    layers: hasBody
      ? [tf.layers.dense({ inputShape, units: 4, activation: 'tanh' }), tf.layers.dense({ units: 3 })]
      : [tf.layers.dense({ inputShape, units: 3 })],
  });
}

describe('splitting consistency', () => {
  it('is what it is on a parabola, and half the step times the curvature for small steps', () => {
    for (const z of [1e-3, 0.1, 1, 2, 10]) {
      // One example of length 1: λ = 1.
      const problem = {
        rows: 1,
        outputs: 1,
        gram: () => Float64Array.of(1),
        logits: Float64Array.of(3),
        targets: Float64Array.of(1),
        pull: 0,
      };
      const exact = z / -Math.expm1(-z) - 1;
      expect(Math.abs(splittingConsistency('squares', problem, z)! / exact - 1)).toBeLessThan(1e-4);
      if (z === 1e-3) expect(exact / (z / 2)).toBeCloseTo(1, 3);
      const solved = { ...problem, targets: problem.logits };
      expect(splittingConsistency('squares', solved, z)).toBeUndefined();
    }
  });

  it.each(
    (['meanSquaredError', 'softmaxCrossEntropy'] as const).flatMap((loss) =>
      [true, false].flatMap((hasBody) => [0.05, 1, 8].map((rate) => ({ loss, hasBody, rate }))),
    ),
  )('of a model is that of float64 in the space of its weights: %o', async ({ loss, hasBody, rate }) => {
    const layers = network(hasBody);
    const model = trainableModel(tf, layers);
    const y = loss === 'meanSquaredError' ? VALUES : CLASSES;
    const [x, target] = [tf.tensor2d(X), tf.tensor2d(y)];
    const tensors = tf.memory().numTensors;
    const batch = { x, y: [target], seed: 1 };
    const actual = await lastLayerConsistency(tf, model, model.lastLayer!, loss, batch, rate);
    expect(tf.memory().numTensors).toBe(tensors);
    const [kernel, bias] = layers.layers.at(-1)!.getWeights();
    const start = [...(kernel!.arraySync() as number[][]), bias!.arraySync() as number[]];
    const given = hasBody ? (layers.layers[0]!.apply(x) as typeof x).arraySync() : X;
    const expected = consistencyByWeights(loss, given, y, start, rate);
    expect(Math.abs(actual! / expected - 1)).toBeLessThan(1e-4);
    tf.dispose([x, target]);
    model.dispose();
  });

  it('is of models that end in a dense layer without activation, which is trained', () => {
    const last = (layer: ReturnType<typeof tf.layers.dense>, frozen = false) => {
      layer.trainable = !frozen;
      const body = tf.layers.dense({ inputShape: [2], units: 4 });
      return trainableModel(tf, tf.sequential({ layers: [body, layer] })).lastLayer;
    };
    expect(last(tf.layers.dense({ units: 3 }))?.bias?.shape).toEqual([3]);
    expect(last(tf.layers.dense({ units: 3, useBias: false }))?.kernel.shape).toEqual([4, 3]);
    expect(last(tf.layers.dense({ units: 3, useBias: false }))?.bias).toBeUndefined();
    expect(last(tf.layers.dense({ units: 3, activation: 'softmax' }))).toBeUndefined();
    expect(last(tf.layers.dense({ units: 3 }), true)).toBeUndefined();
    const custom = { forward: (x: never) => x, variables: { w: tf.variable(tf.scalar(1)) } };
    expect(trainableModel(tf, custom).lastLayer).toBeUndefined();
  });

  it('is read in a run that changes nothing by it, and warns of steps that are too long', async () => {
    const often = { preset: 'full', every: 5 } as const;
    const run = (
      learningRate: number,
      instruments: Experiment['instruments'],
      name: 'sgd' | 'adam' = 'sgd',
    ) =>
      record({
        tf,
        experiment: spiralExperiment(tf, {
          epochs: 2,
          optimizer: { name, learningRate },
          ...(instruments !== undefined && { instruments }),
        }),
      });
    const [read, off] = [await run(0.05, often), await run(0.05, 'off')];
    expect(metricsOf(read.events)).toEqual(metricsOf(off.events));
    const valuesOf = ({ events }: typeof read) =>
      events.flatMap((event) =>
        event.type === 'instruments' ? (event.values['splittingConsistency'] ?? []) : [],
      );
    expect(valuesOf(read)).toHaveLength(2);
    for (const value of valuesOf(read)) expect(value).toBeLessThan(0.5);
    const tooLong = await run(30, often);
    expect(valuesOf(tooLong)[0]).toBeGreaterThan(1.3);
    expect(tooLong.events).toContainEqual(
      expect.objectContaining({
        type: 'verdict',
        id: 'splitting',
        level: 'warning',
        field: 'optimizer.learningRate',
      }),
    );
    expect(valuesOf(await run(0.05, often, 'adam'))).toEqual([]);
    expect(valuesOf(await run(0.05, { preset: 'standard', every: 5 }))).toEqual([]);
  });

  it('is not read where the loss is the experiment’s own', async () => {
    const experiment: Experiment = {
      name: 'own',
      data: arrays({ name: 'own', train: { x: X, y: VALUES } }),
      model: () => network(true),
      loss: (target, prediction) => tf.mean(tf.abs(tf.sub(target, prediction))),
      optimizer: { name: 'sgd', learningRate: 0.1 },
      batchSize: 6,
      epochs: 2,
      seed: 1,
      instruments: { preset: 'full', every: 1 },
    };
    const { events } = await record({ tf, experiment });
    const read = events.flatMap((event) => (event.type === 'instruments' ? [event.values] : []));
    expect(read).toHaveLength(2);
    for (const values of read) expect(values).not.toHaveProperty('splittingConsistency');
  });
});
