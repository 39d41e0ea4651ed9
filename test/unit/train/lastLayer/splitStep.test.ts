import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrays } from '../../../../src/data/arrays';
import { loadDataSet } from '../../../../src/data/source';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { openModel } from '../../../../src/modelfile/open';
import { Random } from '../../../../src/math/random';
import { epochOrder } from '../../../../src/train/batches/order';
import type { Experiment, LossName } from '../../../../src/train/experiment';
import type { LinearModel } from '../../../../src/train/splitting/linearModel';
import { SplittingSolver } from '../../../../src/train/splitting/splittingSolver';
import { Training } from '../../../../src/train/training';
import { metricsOf, record } from '../record';
import { spiralExperiment } from '../spirals';
import { stepOracle, type OracleNetwork } from './oracle';

const SIZE = 12;
const BATCH = 5;
const random = new Random(3);
const X = Array.from({ length: SIZE }, () => [random.normal(), random.normal()]);
/** One-hot, which both losses take. */
const Y = X.map(([a, b]) => (a! + 0.5 * b! + 0.3 * random.normal() > 0 ? [1, 0] : [0, 1]));

describe('a step with a split last layer', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  const network = (isFrozen = false): LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 3, activation: 'tanh', trainable: !isFrozen }),
        tf.layers.dense({ units: 2 }),
      ],
    });

  const unsplit = (changes: Partial<Experiment>): Experiment => ({
    name: 'small',
    data: arrays({ train: { x: X, y: Y } }),
    model: () => network(),
    loss: 'softmaxCrossEntropy',
    optimizer: { name: 'sgd', learningRate: 0.2 },
    batchSize: BATCH,
    epochs: 3,
    seed: 11,
    instruments: 'off',
    ...changes,
  });

  const small = (changes: Partial<Experiment> = {}): Experiment =>
    unsplit({ lastLayer: { learningRate: 0.5, pull: 0.3 }, ...changes });

  async function training(experiment: Experiment): Promise<Training> {
    return new Training(tf, experiment, await loadDataSet(experiment.data, ''));
  }

  const weightsOf = ({ model }: Training): number[][] =>
    model.variables.map(({ variable }) => Array.from(variable.dataSync()));

  /** The examples of a step, as training takes them. */
  function batchAt(step: number, seed: number): number[] {
    const stepsPerEpoch = Math.ceil(SIZE / BATCH);
    const start = (step % stepsPerEpoch) * BATCH;
    const order = epochOrder(SIZE, seed, Math.floor(step / stepsPerEpoch));
    return Array.from(order.subarray(start, start + BATCH));
  }

  it.each<[LossName, number, number]>([
    ['meanSquaredError', 0.5, 2e-6],
    ['meanSquaredError', 30, 5e-6],
    // The tolerance of the flow, which has no closed form.
    ['softmaxCrossEntropy', 0.5, 5e-4],
    ['softmaxCrossEntropy', 30, 5e-3],
  ])('of %s with α = %d is the recursion in float64', async (loss, learningRate, tolerance) => {
    const lastLayer = { learningRate, stepLimit: 100, pull: 0.3 };
    const trained = await training(small({ loss, lastLayer }));
    const oracle: OracleNetwork = { weights: weightsOf(trained) as OracleNetwork['weights'] };
    for (let step = 0; step < 7; step++) {
      const batch = batchAt(step, 11);
      const [x, y] = [batch.map((i) => X[i]!), batch.map((i) => Y[i]!)];
      const before = stepOracle(oracle, x, y, { loss, time: learningRate, pull: 0.3, learningRate: 0.2 });
      await trained.advance();
      const [settled] = await trained.settle();
      expect(Math.abs(settled!.loss - before)).toBeLessThan(tolerance);
      const apart = weightsOf(trained).flatMap((own, i) =>
        own.map((w, j) => Math.abs(w - oracle.weights[i]![j]!)),
      );
      expect(Math.max(...apart)).toBeLessThan(tolerance);
    }
    trained.dispose();
  });

  it('over a frozen body is the step of a linear model on its features', async () => {
    for (const loss of ['softmaxCrossEntropy', 'meanSquaredError'] as const) {
      const trained = await training(small({ loss, model: () => network(true) }));
      const [kernel, bias, lastKernel, lastBias] = weightsOf(trained);
      const linear: LinearModel = {
        inputs: 3,
        outputs: 2,
        weights: Float64Array.from(lastKernel!),
        bias: Float64Array.from(lastBias!),
      };
      const solver = new SplittingSolver(linear, {
        loss: loss === 'softmaxCrossEntropy' ? 'softmax' : 'squares',
        local: 'flow',
        pull: 0.3,
      });
      for (let step = 0; step < 6; step++) {
        const batch = batchAt(step, 11);
        const inputs = batch.flatMap((n) =>
          bias!.map((b, j) => Math.tanh(b + X[n]![0]! * kernel![j]! + X[n]![1]! * kernel![3 + j]!)),
        );
        // With two outputs the mean squared error is the local loss itself.
        solver.step(
          {
            rows: batch.length,
            inputs: Float64Array.from(inputs),
            targets: Float64Array.from(batch.flatMap((n) => Y[n]!)),
          },
          0.5,
        );
        await trained.advance();
      }
      const after = weightsOf(trained);
      expect([after[0], after[1]]).toEqual([kernel, bias]);
      const apart = [...after[2]!, ...after[3]!].map((w, i) =>
        Math.abs(w - [...linear.weights, ...linear.bias!][i]!),
      );
      expect(Math.max(...apart)).toBeLessThan(3e-6);
      trained.dispose();
    }
  });

  it('goes over into a step of SGD as α becomes small, at the rate 1 in α', async () => {
    for (const loss of ['softmaxCrossEntropy', 'meanSquaredError'] as const) {
      const plain = unsplit({ loss, model: () => network(true) });
      const moves = async (experiment: Experiment): Promise<number[]> => {
        const trained = await training(experiment);
        const [, , ...before] = weightsOf(trained);
        await trained.advance();
        const [, , ...after] = weightsOf(trained);
        trained.dispose();
        return after.flat().map((w, i) => w - before.flat()[i]!);
      };
      const relative = async (alpha: number): Promise<number> => {
        const split = await moves({ ...plain, lastLayer: { learningRate: alpha, pull: 0.3 } });
        const sgd = await moves({ ...plain, optimizer: { name: 'sgd', learningRate: alpha } });
        return Math.hypot(...split.map((m, i) => m - sgd[i]!)) / Math.hypot(...sgd);
      };
      const [whole, half, quarter] = [await relative(0.08), await relative(0.04), await relative(0.02)];
      expect(whole / half).toBeGreaterThan(1.9);
      expect(whole / half).toBeLessThan(2.1);
      expect(half / quarter).toBeGreaterThan(1.9);
      expect(half / quarter).toBeLessThan(2.1);
    }
  });

  it('does not leave the bound that a pull sets, however large α is, where the batches can be separated', async () => {
    const separable = X.map(([a]) => (a! > 0 ? [1, 0] : [0, 1]));
    const lastLayer = { learningRate: 1e5, stepLimit: 1e5, pull: 0.1 };
    const trained = await training(
      small({
        data: arrays({ train: { x: X, y: separable } }),
        lastLayer,
        optimizer: { name: 'sgd', learningRate: 0.05 },
      }),
    );
    const losses: number[] = [];
    for (let step = 0; step < 40; step++) {
      const [, , ...before] = weightsOf(trained);
      await trained.advance();
      const [, , ...after] = weightsOf(trained);
      const moved = Math.hypot(...after.flat().map((w, i) => w - before.flat()[i]!));
      // The gradient of a mean of cross entropies over features of tanh and a one: at most √(3 + 1)·√2.
      expect(moved).toBeLessThan((2 * Math.SQRT2) / 0.1);
      losses.push(...(await trained.settle()).map(({ loss }) => loss));
    }
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(Math.max(...losses.slice(-3))).toBeLessThan(0.2 * losses[0]!);
    trained.dispose();
  });

  it('takes no α above the limit, which is 1 where none is given, and follows the schedule', async () => {
    const after = async (changes: Partial<Experiment>): Promise<number[][]> => {
      const trained = await training(small(changes));
      for (let step = 0; step < 3; step++) await trained.advance();
      const weights = weightsOf(trained);
      trained.dispose();
      return weights;
    };
    const one = await after({ lastLayer: { learningRate: 1 } });
    expect(await after({ lastLayer: { learningRate: 50 } })).toEqual(one);
    expect(await after({ lastLayer: { learningRate: 50, stepLimit: 50 } })).not.toEqual(one);
    const halved = { decay: 'steps', at: [0], factor: 0.5 } as const;
    const sgd = { name: 'sgd', learningRate: 0.2 } as const;
    expect(
      await after({
        lastLayer: { learningRate: 2, stepLimit: 9 },
        schedule: halved,
        optimizer: { ...sgd, learningRate: 0.4 },
      }),
    ).toEqual(one);
  });

  /** Dropout, statistics of the batch, a penalty, a small last batch. */
  const spiral = (changes: Partial<Experiment> = {}): Experiment =>
    spiralExperiment(tf, { lastLayer: { learningRate: 0.3, pull: 0.1 }, ...changes });

  it('goes on after a cancellation to the bit, with an optimizer and layers that remember', async () => {
    const whole = await record({ tf, experiment: spiral() });
    const first = await record({
      tf,
      experiment: spiral(),
      until: (event) => event.type === 'metrics' && event.step === 11,
    });
    const rest = await record({ tf, experiment: spiral(), resume: first.outputs });
    const tail = metricsOf(rest.events);
    expect(tail).toEqual(metricsOf(whole.events).slice(-tail.length));
    expect(first.result.steps).toBeLessThan(28);
    const bytes = (outputs: string) => readFile(path.join(outputs, 'model.safetensors'));
    expect(await bytes(rest.outputs)).toEqual(await bytes(whole.outputs));
  });

  it('trains to the same bits whatever the instruments read, which speak of the other layers', async () => {
    const off = await record({ tf, experiment: spiral({ instruments: 'off' }) });
    const full = await record({ tf, experiment: spiral({ instruments: { preset: 'full', every: 3 } }) });
    expect(metricsOf(full.events)).toEqual(metricsOf(off.events));
    const said = full.events.flatMap((event) => (event.type === 'instruments' ? [event] : []));
    expect(said.length).toBeGreaterThan(5);
    expect(said[0]!.layers).toEqual(['dense', 'batch_normalization', 'dense_1']);
    expect(said.every(({ values }) => Object.values(values).every((value) => !Number.isNaN(value)))).toBe(
      true,
    );
  });

  it('keeps the number of tensors', async () => {
    const empty = tf.memory().numTensors;
    const trained = await training(spiral());
    const counts: number[] = [];
    for (let step = 0; step < 9; step++) {
      await trained.advance();
      await trained.settle();
      counts.push(tf.memory().numTensors);
    }
    trained.dispose();
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(empty);
  });

  it('learns, with a state of the optimizer for the other layers alone', async () => {
    const { result, outputs } = await record({ tf, experiment: spiral({ epochs: 20 }) });
    expect(result.final['testAccuracy']).toBeGreaterThan(0.9);
    const checkpoint = await openModel(path.join(outputs, 'checkpoint.safetensors'));
    const names = checkpoint.tensors.map(({ name }) => name);
    await checkpoint.close();
    expect(names).toContain('mean/dense_1/kernel');
    expect(names).toContain('dense_2/kernel');
    expect(names).not.toContain('mean/dense_2/kernel');
  });

  it('stays where it is while features are not finite', async () => {
    const broken = small({ data: arrays({ train: { x: X.map(() => [NaN, 1]), y: Y } }) });
    const trained = await training(broken);
    const [, , ...before] = weightsOf(trained);
    await trained.advance();
    const [, , ...after] = weightsOf(trained);
    expect(after).toEqual(before);
    expect((await trained.settle())[0]!.loss).toBeNaN();
    trained.dispose();
  });

  it('cannot be printed as a graph, and says why', async () => {
    const trained = await training(small());
    expect(() => trained.printStep()).toThrow('the last layer is solved in float64');
    trained.dispose();
  });

  it.each<[string, (engine: TensorFlow) => Partial<Experiment>, string]>([
    [
      'a loss of one’s own',
      (engine) => ({ loss: (y, p) => engine.losses.meanSquaredError(y, p) }),
      'function',
    ],
    ['parts of a batch', () => ({ accumulate: 2 }), 'accumulate'],
    ['averaged weights', () => ({ averageWeights: 0.9 }), 'averageWeights'],
    [
      'Schedule-Free AdamW',
      () => ({ optimizer: { name: 'schedule-free-adamw', learningRate: 0.1 } }),
      'another optimizer',
    ],
    [
      'a model written by hand',
      (engine) => ({
        model: () => {
          const w = engine.tidy(() => engine.variable(engine.zeros([2, 2])));
          return { variables: { w }, forward: (x) => engine.matMul(x, w) };
        },
      }),
      'tf.sequential',
    ],
    ['a softmax', (engine) => ({ model: () => ending(engine, { activation: 'softmax' }) }), 'logits'],
    ['a tanh', (engine) => ({ model: () => ending(engine, { activation: 'tanh' }) }), 'activation'],
    ['a frozen layer', (engine) => ({ model: () => ending(engine, { trainable: false }) }), 'trainable'],
    [
      'a penalty on the layer',
      (engine) => ({ model: () => ending(engine, { kernelRegularizer: 'l1l2' }) }),
      'lastLayer.pull',
    ],
    [
      'another last layer',
      (engine) => ({
        model: () =>
          engine.sequential({
            layers: [engine.layers.dense({ inputShape: [2], units: 2 }), engine.layers.softmax()],
          }),
      }),
      'tf.layers.dense',
    ],
    [
      'rows within an example',
      (engine) => ({
        model: () =>
          engine.sequential({
            layers: [
              engine.layers.reshape({ inputShape: [2], targetShape: [1, 2] }),
              engine.layers.dense({ units: 2 }),
            ],
          }),
      }),
      'Flatten',
    ],
  ])('is refused with %s', async (_name, changes, told) => {
    const before = tf.memory().numTensors;
    const experiment = small(changes(tf));
    const error = await training(experiment).then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string; remedy: string },
    );
    expect(error?.code).toBe('last-layer');
    expect(`${error?.message} ${error?.remedy}`).toContain(told);
    expect(tf.memory().numTensors).toBe(before);
  });
});

function ending(tf: TensorFlow, options: Partial<Parameters<TensorFlow['layers']['dense']>[0]>): LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units: 3, activation: 'tanh' }),
      tf.layers.dense({ units: 2, ...options }),
    ],
  });
}
