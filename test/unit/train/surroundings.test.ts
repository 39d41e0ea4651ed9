import path from 'node:path';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrays } from '../../../src/data/arrays';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { openModel } from '../../../src/modelfile/open';
import type { Experiment } from '../../../src/train/experiment';
import { lossGradients, type LossGradients } from '../../../src/train/lossGradients';
import type { Losses } from '../../../src/train/objective';
import { createOptimizer } from '../../../src/train/optimizers/create';
import { rateFactor } from '../../../src/train/optimizers/rateSchedule';
import { metricsOf, record } from './record';
import { spiralExperiment } from './spirals';

describe('a schedule', () => {
  const factors = (schedule: Parameters<typeof rateFactor>[0], steps: readonly number[]): number[] =>
    steps.map(rateFactor(schedule, 110));

  it('leaves the rate alone where it says nothing', () => {
    expect(factors({}, [0, 50, 109])).toEqual([1, 1, 1]);
  });

  it('leads up to the whole rate and then down, linearly or by a cosine', () => {
    expect(factors({ warmup: 10 }, [0, 4, 9, 10, 109])).toEqual([0.1, 0.5, 1, 1, 1]);
    const linear = factors({ warmup: 10, decay: 'linear', to: 0.2 }, [9, 10, 60, 110, 200]);
    [1, 1, 0.6, 0.2, 0.2].forEach((factor, i) => expect(linear[i]).toBeCloseTo(factor, 12));
    const cosine = factors({ warmup: 10, decay: 'cosine' }, [10, 35, 60, 110]);
    [1, (1 + Math.SQRT1_2) / 2, 0.5, 0].forEach((factor, i) => expect(cosine[i]).toBeCloseTo(factor, 12));
  });

  it('falls in steps', () => {
    const factor = factors({ decay: 'steps', at: [20, 40], factor: 0.5 }, [19, 20, 39, 40, 100]);
    expect(factor).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
  });
});

describe('what surrounds an optimizer', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  it('shortens gradients whose norm over all variables is too large, and no others', () => {
    const variables: Variable[] = [tf.variable(tf.tensor1d([0, 0])), tf.variable(tf.scalar(0))];
    const named = variables.map((variable, i) => ({ name: `w${i}`, variable }));
    const optimizer = createOptimizer(tf, { name: 'sgd', learningRate: 1 }, named, { clipNorm: 2 });
    const move = (first: number[], second: number): number[] => {
      variables.forEach((variable) => variable.assign(tf.zerosLike(variable)));
      const gradients = [tf.tensor1d(first), tf.scalar(second)];
      optimizer.step({ [variables[0]!.name]: gradients[0]!, [variables[1]!.name]: gradients[1]! });
      return variables.flatMap((variable) => Array.from(variable.dataSync()));
    };
    move([3, 4], 12).forEach((w, i) => expect(w).toBeCloseTo((-[3, 4, 12][i]! * 2) / 13, 6));
    move([1, 1], 1).forEach((w) => expect(w).toBe(-1));
  });

  it('averages the weights after each step, without a bias to where they began', () => {
    const weight = tf.variable(tf.scalar(5));
    const named = [{ name: 'weight', variable: weight }];
    const optimizer = createOptimizer(tf, { name: 'sgd', learningRate: 1 }, named, { averageWeights: 0.8 });
    const evaluated = (): number => optimizer.evaluated!()[0]!.dataSync()[0]!;
    expect(evaluated()).toBe(5);
    let [w, sum, total] = [5, 0, 0];
    for (const gradient of [1, -2, 0.5, 3]) {
      optimizer.step({ [weight.name]: tf.scalar(gradient) });
      optimizer.iterations++;
      w -= gradient;
      sum = 0.8 * sum + w;
      total = 0.8 * total + 1;
      expect(evaluated()).toBeCloseTo(sum / total, 5);
      expect(weight.dataSync()[0]).toBe(w);
    }
  });

  it('keeps the state of a variable that is not trainable for a while', () => {
    const variables = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
    const named = variables.map((variable, i) => ({ name: `w${i}`, variable }));
    const optimizer = createOptimizer(tf, { name: 'momentum', learningRate: 0.1 }, named, { clipNorm: 100 });
    const step = (): void => {
      const { grads } = tf.variableGrads(() => tf.addN(variables), variables);
      optimizer.step(grads);
    };
    step();
    variables[0]!.trainable = false;
    step();
    variables[0]!.trainable = true;
    step();
    // With velocities 1, 1.9 and 2.71 the second moved three times, the first twice.
    expect(variables[0]!.dataSync()[0]).toBeCloseTo(1 - 0.1 * (1 + 1.9), 6);
    expect(variables[1]!.dataSync()[0]).toBeCloseTo(1 - 0.1 * (1 + 1.9 + 2.71), 6);
  });

  it.each([2, 3, 5, 50])('takes the gradients of a batch in %d parts', (parts) => {
    const x = tf.randomNormal([11, 4], 0, 1, 'float32', 1);
    const y = tf.randomNormal([11, 2], 0, 1, 'float32', 2);
    const kernel: Variable = tf.variable(tf.randomNormal([4, 2], 0, 1, 'float32', 3));
    const losses = (partX: Tensor, [partY]: readonly Tensor[]): Losses => ({
      total: tf.add(
        tf.losses.meanSquaredError(partY!, tf.tanh(tf.matMul(partX, kernel))),
        tf.mul(0.1, tf.sum(tf.square(kernel))),
      ),
      byTask: [],
    });
    const before = tf.memory().numTensors;
    const whole = lossGradients(tf, losses, [kernel], x, [y], 1);
    const inParts = tf.tidy(() => ({ ...lossGradients(tf, losses, [kernel], x, [y], parts) }));
    const numbers = ({ value, grads }: LossGradients): number[] => [
      value.dataSync()[0]!,
      ...grads[kernel.name]!.dataSync(),
    ];
    const expected = numbers(whole);
    numbers(inParts).forEach((number, i) => expect(Math.abs(number - expected[i]!)).toBeLessThan(2e-6));
    tf.dispose([{ ...whole }, { ...inParts }]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('trains in parts as in whole batches', async () => {
    const experiment = line(tf, {});
    const whole = await record({ tf, experiment });
    const parts = await record({ tf, experiment: { ...experiment, accumulate: 3 } });
    const losses = ({ events }: typeof whole): number[] =>
      metricsOf(events).flatMap(([, { trainLoss }]) => trainLoss ?? []);
    losses(whole).forEach((loss, i) => expect(losses(parts)[i]).toBeCloseTo(loss, 5));
  });

  it('tests and saves the averaged weights, and goes on from its own', async () => {
    const experiment = line(tf, { averageWeights: 0.9 });
    const plain = await record({ tf, experiment: line(tf, {}) });
    const averaged = await record({ tf, experiment });
    const train = ({ events }: typeof plain): unknown =>
      metricsOf(events).filter(([, values]) => 'trainLoss' in values);
    expect(train(averaged)).toEqual(train(plain));
    expect(averaged.result.final['testLoss']).not.toBe(plain.result.final['testLoss']);

    const slope = async (outputs: string): Promise<number> => {
      const model = await openModel(path.join(outputs, 'model.safetensors'));
      const [value] = await model.readFloat32('slope');
      await model.close();
      return value!;
    };
    const saved = await record({
      tf,
      experiment,
      maxSteps: 0,
      weights: path.join(averaged.outputs, 'model.safetensors'),
    });
    expect(saved.result.final['testLoss']).toBeCloseTo(averaged.result.final['testLoss']!, 6);
    expect(await slope(averaged.outputs)).not.toBe(await slope(plain.outputs));
  });

  it('tells the rate of the next step', () => {
    const named = [{ name: 'w', variable: tf.variable(tf.scalar(1)) }];
    const factor = rateFactor({ warmup: 4 }, 10);
    const optimizer = createOptimizer(tf, { name: 'adam', learningRate: 0.2 }, named, {
      factor,
      clipNorm: 1,
      averageWeights: 0.5,
    });
    expect(optimizer.dynamics().learningRate).toBeCloseTo(0.05, 12);
    optimizer.iterations = 2;
    expect(optimizer.dynamics().learningRate).toBeCloseTo(0.15, 12);
    expect(optimizer.state.map(({ name }) => name)).toEqual(['mean/w', 'square/w', 'average/w']);
  });

  it.each<[string, Partial<Experiment>]>([
    ['averages weights', { averageWeights: 0.9 }],
    ['has another optimizer', { optimizer: { name: 'lion', learningRate: 0.01 } }],
  ])('does not resume a run where one of them %s', async (_name, changes) => {
    const { outputs } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }) });
    const resumed = record({ tf, experiment: spiralExperiment(tf, changes), resume: outputs });
    await expect(resumed).rejects.toMatchObject({ code: 'checkpoint-mismatch' });
  });
});

/** y = 2x + 1 from 20 examples in batches of 7. */
function line(tf: TensorFlow, changes: Partial<Experiment>): Experiment {
  const x = Array.from({ length: 20 }, (_, i) => [i / 10 - 1]);
  const y = x.map(([value]) => 2 * value! + 1);
  return {
    name: 'a line',
    data: arrays({ train: { x, y }, test: { x, y } }),
    model: () => {
      const variables = { slope: tf.variable(tf.scalar(0)), offset: tf.variable(tf.scalar(0)) };
      return { variables, forward: (input) => tf.add(tf.mul(input, variables.slope), variables.offset) };
    },
    loss: 'meanSquaredError',
    optimizer: { name: 'momentum', learningRate: 0.02 },
    batchSize: 7,
    epochs: 5,
    seed: 1,
    ...changes,
  };
}
