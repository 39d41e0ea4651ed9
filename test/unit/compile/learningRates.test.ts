import type { Optimizer, Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile, type SignatureInfo } from '../../../src/compile/compile';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import type { CompileMode } from '../../../src/protocol/compileMode';
import { twoLayers } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

type Rated = Optimizer & { learningRate: number; setLearningRate?: (rate: number) => void };

/** Every optimizer of TensorFlow.js, with a rate that moves the weights. */
const OPTIMIZERS: Readonly<Record<string, (rate: number) => Optimizer>> = {
  sgd: (rate) => tf.train.sgd(10 * rate),
  momentum: (rate) => tf.train.momentum(rate, 0.9),
  nesterov: (rate) => tf.train.momentum(rate, 0.9, true),
  adam: (rate) => tf.train.adam(rate),
  adamax: (rate) => tf.train.adamax(rate, 0.9, 0.999, 1e-7, 0.01),
  rmsprop: (rate) => tf.train.rmsprop(rate, 0.9, 0.5),
  'centered rmsprop': (rate) => tf.train.rmsprop(rate, 0.9, 0.5, 1e-14, true),
  adagrad: (rate) => tf.train.adagrad(rate),
  adadelta: (rate) => tf.train.adadelta(20 * rate),
};

/** Which is 1 − decay of RMSProp as well, so that equal numbers are told apart. */
const RATE = 0.1;
const STEPS = 16;

interface Trained {
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  readonly info: SignatureInfo | undefined;
  /** Steps that the optimizer has counted. */
  readonly iterations: number;
}

/** @param meddle is called before each step with the rate that the optimizer began with */
function train(
  make: (rate: number) => Optimizer,
  mode: CompileMode,
  meddle: (optimizer: Rated, begun: number, i: number) => void,
): Trained {
  const { parameters, loss, batch } = twoLayers(tf);
  const optimizer = make(RATE) as Rated;
  const begun = optimizer.learningRate;
  const step = compile(
    tf,
    (x: Tensor, y: Tensor) => optimizer.minimize(() => loss(x, y), true, parameters)!,
    { mode },
  );
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    meddle(optimizer, begun, i);
    losses.push(step(...(batch(i) as [Tensor, Tensor])).dataSync()[0]!);
  }
  const [info] = step.info();
  step.dispose();
  const weights = parameters.flatMap((variable) => [...variable.dataSync()]);
  return { losses, weights, info, iterations: optimizer.iterations };
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** SGD and momentum have a function for it; the others read their field. */
const halve = (optimizer: Rated, begun: number, i: number): void => {
  const rate = begun / (1 + i);
  if (optimizer.setLearningRate === undefined) optimizer.learningRate = rate;
  else optimizer.setLearningRate(rate);
};

test('Adagrad, which TensorFlow has no op for, moves a large variable in one loop', () => {
  const weights = tf.variable(tf.randomNormal([512, 512], 0, 0.1, 'float32', 1));
  const x = tf.randomNormal([32, 512], 0, 1, 'float32', 2);
  const optimizer = tf.train.adagrad(RATE);
  const step = compile(tf, (batch: Tensor) =>
    optimizer.minimize(() => tf.mean<Scalar>(tf.square(tf.matMul(batch, weights))), true, [weights])!,
  );
  const program = step.print(x);
  const loop = program.split('\n').find((line) => /one loop over .*number/.test(line))!;
  const body = program.slice(program.indexOf(loop)).split(/\n(?! )/)[0]!;
  for (const op of ['Square', 'Sqrt', 'RealDiv']) expect(body).toContain(`${op}(`);
  // The sum of squares and the weights, both of their whole shape.
  expect(loop.match(/\[512, 512\]/g)).toHaveLength(2);
  step.dispose();
});

describe.each(['exact', 'fused'] as const)('%s steps', (mode) => {
  const tolerance = { exact: 1e-5, fused: 1e-3 }[mode];

  test.each(Object.keys(OPTIMIZERS))('follow the learning rate of %s from step to step', (name) => {
    const make = OPTIMIZERS[name]!;
    const eager = train(make, 'off', halve);
    const constant = train(make, 'off', () => undefined);
    const compiled = train(make, mode, halve);
    expect(compiled.info).toMatchObject({ state: 'compiled', steps: STEPS });
    expect(farthest(compiled.weights, eager.weights)).toBeLessThan(tolerance);
    expect(farthest(compiled.losses, eager.losses)).toBeLessThan(tolerance);
    expect(farthest(constant.weights, eager.weights)).toBeGreaterThan(10 * tolerance);
  });

  test.each(Object.keys(OPTIMIZERS))('have the field of %s in the meaning that an eager step has', (name) => {
    const make = OPTIMIZERS[name]!;
    const set = (optimizer: Rated, begun: number, i: number): void => {
      optimizer.learningRate = i < STEPS / 2 ? begun : 0;
    };
    const [eager, compiled] = [train(make, 'off', set), train(make, mode, set)];
    expect(compiled.info).toMatchObject({ state: 'compiled' });
    expect(farthest(compiled.weights, eager.weights)).toBeLessThan(tolerance);
  });

  test.each(Object.keys(OPTIMIZERS))('are counted by %s', (name) => {
    const [eager, compiled] = (['off', mode] as const).map((way) =>
      train(OPTIMIZERS[name]!, way, () => undefined),
    );
    expect(eager!.iterations).toBe(STEPS);
    expect(compiled!.iterations).toBe(STEPS);
  });
});
