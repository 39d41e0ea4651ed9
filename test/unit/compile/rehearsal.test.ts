import type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile, type CompiledStep, type SignatureInfo } from '../../../src/compile/compile';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import type { CompileMode } from '../../../src/protocol/compileMode';
import { optimizer as weightroomOptimizer } from '../../../src/train/optimizerLibrary';
import { withSeededRandom } from '../../../src/train/randomness';
import { twoLayers } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

/** Every optimizer of TensorFlow.js, and ours of the same kind. */
const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(1e-2, 0.9),
  nesterov: () => tf.train.momentum(1e-2, 0.9, true),
  adam: () => tf.train.adam(1e-2),
  adamax: () => tf.train.adamax(1e-2, 0.9, 0.999, 1e-7, 0.01),
  rmsprop: () => tf.train.rmsprop(1e-2, 0.9, 0.5),
  'centered rmsprop': () => tf.train.rmsprop(1e-2, 0.9, 0.5, 1e-14, true),
  adagrad: () => tf.train.adagrad(1e-2),
  adadelta: () => tf.train.adadelta(1e-1),
  'adamw of ours': () => weightroomOptimizer({ name: 'adamw', learningRate: 1e-2 }, { tf }),
  'nag-gs of ours': () =>
    weightroomOptimizer({ name: 'nag-gs', alpha: 0.2, gamma: 2, updateGamma: true }, { tf }),
  'schedule-free of ours': () =>
    weightroomOptimizer({ name: 'schedule-free-adamw', learningRate: 1e-2 }, { tf }),
};

const STEPS = 12;

interface Trained {
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  readonly info: SignatureInfo | undefined;
  /** Steps that the optimizer has counted. */
  readonly iterations: number;
}

type TrainingStep = CompiledStep<[Tensor, Tensor], Tensor>;

interface Trial {
  readonly mode: CompileMode;
  /** What the loss is made of, beside the network. */
  readonly addition?: (base: Scalar, x: Tensor) => Scalar;
  /** Called before each step. */
  readonly meddle?: (step: TrainingStep, i: number, batch: [Tensor, Tensor]) => void;
  /** The step before which training begins anew, with its variables and its optimizer. */
  readonly resumeAt?: number;
}

/** Trains two layers by rehearsed steps; every step draws from a seed of its own. */
function train(make: () => Optimizer, { mode, addition = (base) => base, meddle, resumeAt }: Trial): Trained {
  const { parameters, loss, batch } = twoLayers(tf);
  const optimizer = make();
  const begin = (): TrainingStep =>
    compile(
      tf,
      (x: Tensor, y: Tensor) => optimizer.minimize(() => addition(loss(x, y), x), true, parameters)!,
      { mode, rehearse: true },
    );
  let step = begin();
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    if (i === resumeAt) {
      step.dispose();
      step = begin();
    }
    const [x, y] = batch(i) as [Tensor, Tensor];
    withSeededRandom(100 + i, () => {
      meddle?.(step, i, [x, y]);
      const value = step(x, y);
      losses.push(value.dataSync()[0]!);
      value.dispose();
    });
  }
  const [info] = step.info();
  step.dispose();
  const weights = valuesOf(parameters);
  const { iterations } = optimizer;
  tf.dispose(parameters);
  optimizer.dispose();
  return { losses, weights, info, iterations };
}

const valuesOf = (parameters: readonly Variable[]): number[] =>
  parameters.flatMap((variable) => [...variable.dataSync()]);

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** Draws, so that a step that runs once more or not at all would be seen. */
const noisy = (base: Scalar, x: Tensor): Scalar =>
  tf.add(base, tf.mean(tf.mul(x, tf.dropout(tf.onesLike(x), 0.5))));

/** As `noisy`, and reads back, which no graph can. */
const refused = (base: Scalar, x: Tensor): Scalar =>
  base.dataSync()[0]! > 1e9 ? tf.mul(base, 2) : noisy(base, x);

describe.each(Object.keys(OPTIMIZERS))('rehearsed steps of %s', (name) => {
  const make = OPTIMIZERS[name]!;

  test.each(['exact', 'fused'] as const)('are compiled (%s), and begin where an eager run does', (mode) => {
    const [eager, compiled] = [train(make, { mode: 'off' }), train(make, { mode })];
    expect(compiled.info).toMatchObject({ state: 'compiled', steps: STEPS });
    expect(farthest(compiled.losses, eager.losses)).toBeLessThan({ exact: 1e-5, fused: 5e-4 }[mode]);
    expect(farthest(compiled.weights, eager.weights)).toBeLessThan({ exact: 1e-5, fused: 5e-4 }[mode]);
    expect(compiled.iterations).toBe(STEPS);
  });

  test.each(['exact', 'fused'] as const)('go on with the same bits after a new beginning (%s)', (mode) => {
    const whole = train(make, { mode, addition: noisy });
    expect(whole.info).toMatchObject({ state: 'compiled' });
    const resumed = train(make, { mode, addition: noisy, resumeAt: 5 });
    expect(resumed).toMatchObject({ losses: whole.losses, weights: whole.weights, iterations: STEPS });
  });

  test('have the bits of an eager run, begun anew or not, where they cannot be compiled', () => {
    const eager = train(make, { mode: 'off', addition: refused });
    for (const resumeAt of [undefined, 5]) {
      const fallen = train(make, { mode: 'fused', addition: refused, ...(resumeAt && { resumeAt }) });
      expect(fallen.info).toMatchObject({
        state: 'eager',
        reason: expect.stringMatching(/reads a tensor/) as string,
      });
      expect(fallen).toMatchObject({ losses: eager.losses, weights: eager.weights, iterations: STEPS });
    }
  });

  test('are not moved by printing their program', () => {
    const meddle = (step: TrainingStep, i: number, batch: [Tensor, Tensor]): void => {
      if (i % 4 === 0) expect(step.print(...batch)).toMatch(/return/);
    };
    const plain = train(make, { mode: 'fused' });
    expect(train(make, { mode: 'fused', meddle })).toMatchObject({
      losses: plain.losses,
      weights: plain.weights,
      iterations: STEPS,
    });
  });
});
