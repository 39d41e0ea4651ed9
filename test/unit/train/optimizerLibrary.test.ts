import type { LayersModel, Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { optimizer } from '../../../src/train/optimizerLibrary';
import { createOptimizer } from '../../../src/train/optimizers/create';
import type { OptimizerSettings } from '../../../src/train/optimizers/settings';

const SETTINGS: readonly OptimizerSettings[] = [
  { name: 'sgd', learningRate: 0.05 },
  { name: 'momentum', learningRate: 0.05, nesterov: true },
  { name: 'adamw', learningRate: 0.01, weightDecay: 0.1, noDecay: ['my_bias'] },
  { name: 'lion', learningRate: 0.003 },
  { name: 'nag-gs', alpha: 0.2, gamma: 2, updateGamma: true },
  { name: 'schedule-free-adamw', learningRate: 0.01 },
  { name: 'muon', learningRate: 0.02 },
];

describe('an optimizer alone', () => {
  let tf: TensorFlow;
  let x: Tensor;
  let y: Tensor;
  beforeAll(async () => {
    ({ tf } = await loadEngine('tensorflow'));
    x = tf.randomNormal([32, 4], 0, 1, 'float32', 1);
    y = tf.randomNormal([32, 2], 0, 1, 'float32', 2);
  });

  function network(): LayersModel {
    const dense = (units: number, seed: number) =>
      tf.layers.dense({
        units,
        activation: 'tanh',
        kernelInitializer: tf.initializers.glorotNormal({ seed }),
      });
    const input = tf.input({ shape: [4] });
    const output = dense(2, 2).apply(dense(6, 1).apply(input));
    return tf.model({ inputs: input, outputs: output as never });
  }

  const weightsOf = (model: LayersModel): number[] =>
    model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));

  const fit = (model: LayersModel, epochs: number) =>
    model.fit(x, y, { epochs, batchSize: 8, shuffle: false });

  it.each(SETTINGS)('trains in model.fit, and goes on after save and load, with %o', async (settings) => {
    const whole = network();
    whole.compile({ optimizer: optimizer(settings, { tf, clipNorm: 1 }), loss: 'meanSquaredError' });
    const first = (await fit(whole, 1)).history['loss']![0] as number;
    const saved: { artifacts?: Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0] } = {};
    await whole.save(
      tf.io.withSaveHandler((artifacts) => {
        saved.artifacts = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
      { includeOptimizer: true },
    );
    const last = (await fit(whole, 3)).history['loss']!.at(-1) as number;
    expect(last).toBeLessThan(first);

    const again = await tf.loadLayersModel(tf.io.fromMemory(saved.artifacts!));
    expect(again.optimizer.iterations).toBe(4);
    await fit(again, 3);
    expect(weightsOf(again)).toEqual(weightsOf(whole));
    for (const model of [whole, again]) model.dispose();
  });

  it.each(SETTINGS)('moves weights as in an experiment, in a compiled step too, with %o', (settings) => {
    const train = (isCompiled: boolean): number[] => {
      const weight = tf.tidy(() => tf.variable(tf.randomNormal([4, 2], 0, 1, 'float32', 3)));
      const alone = optimizer(settings, { tf, schedule: { warmup: 10 } });
      const descend = (a: Tensor, b: Tensor): Scalar =>
        alone.minimize(() => tf.losses.meanSquaredError(b, tf.matMul(a, weight)), true, [weight])!;
      const step = compile(tf, descend, { mode: isCompiled ? 'fused' : 'off' });
      const tensors = Array.from({ length: 30 }, () => {
        step(x, y).dispose();
        return tf.memory().numTensors;
      });
      expect(alone.iterations).toBe(30);
      if (isCompiled)
        expect(step.info()).toEqual([expect.objectContaining({ state: 'compiled', steps: 30 })]);
      expect(new Set(tensors.slice(1)).size).toBe(1);
      const weights = Array.from(weight.dataSync());
      step.dispose();
      alone.dispose();
      weight.dispose();
      return weights;
    };
    const before = tf.memory().numTensors;
    const expected = inExperiment(settings);
    train(false).forEach((weight, i) => expect(weight).toBeCloseTo(expected[i]!, 6));
    train(true).forEach((weight, i) => expect(weight).toBeCloseTo(expected[i]!, 4));
    expect(tf.memory().numTensors).toBe(before);
  });

  function inExperiment(settings: OptimizerSettings): number[] {
    const weight = tf.tidy(() => tf.variable(tf.randomNormal([4, 2], 0, 1, 'float32', 3)));
    const factor = (step: number): number => Math.min(1, (step + 1) / 10);
    const inner = createOptimizer(tf, settings, [{ name: 'weight', variable: weight }], { factor });
    for (let step = 0; step < 30; step++) {
      inner.iterations = step;
      tf.tidy(() => {
        const loss = (): Scalar => tf.losses.meanSquaredError(y, tf.matMul(x, weight));
        inner.step(tf.variableGrads(loss, [weight]).grads);
      });
    }
    const weights = Array.from(weight.dataSync());
    inner.dispose();
    weight.dispose();
    return weights;
  }

  it('shows the weights to use, and takes up variables as it meets them', async () => {
    const [first, second] = [tf.variable(tf.scalar(4)), tf.variable(tf.scalar(4))];
    const alone = optimizer({ name: 'momentum', learningRate: 1 }, { tf, averageWeights: 0.5 });
    const step = (...variables: (typeof first)[]): void =>
      alone.applyGradients(variables.map(({ name }) => ({ name, tensor: tf.scalar(1) })));
    step(first);
    step(second, first);
    // Velocities of the first are 1 and 1.9; its mean of 3 and 1.1, with shares ⅓ and ⅔.
    expect(first.dataSync()[0]).toBeCloseTo(1.1, 6);
    expect(second.dataSync()[0]).toBeCloseTo(3, 6);
    const [shown] = await alone.withEvaluatedWeights(() => first.data());
    expect(shown).toBeCloseTo(3 / 3 + (2 * 1.1) / 3, 6);
    expect(first.dataSync()[0]).toBeCloseTo(1.1, 6);
    expect(alone.dynamics()).toEqual({
      learningRate: 1,
      effectiveStep: expect.closeTo(10, 8) as number,
      momentum: 0.9,
    });
  });

  it('refuses settings that are none, and a fall without an end', () => {
    const wrong = { name: 'adamw', learningRate: -1 } as const;
    expect(() => optimizer(wrong, { tf })).toThrow(expect.objectContaining({ code: 'experiment-malformed' }));
    const cosine = { schedule: { decay: 'cosine' }, tf } as const;
    expect(() => optimizer({ name: 'sgd', learningRate: 1 }, cosine)).toThrow('needs the length of the run');
  });
});
