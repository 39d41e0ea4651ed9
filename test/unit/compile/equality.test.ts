import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { CompileMode } from '../../../src/protocol/compileMode';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { CASES, OPTIMIZERS, resnet20, type Case, type CaseMaker } from './cases';

const STEPS = 30;
/** What the update's rounding may make of weights in so many steps, as a part of their largest entry. */
const WEIGHTS = { exact: 2e-5, fused: 2e-3 };
const LOSSES = { exact: 1e-6, fused: 2e-4 };
/**
 * Of a network that amplifies rounding: how many times as much as a unit in the last place of every weight a graph may
 * change. Which ReLU flips first, and in which step, differs between the two and between processors.
 */
const CONTROLS = 10;
const FLIP = { loss: 5e-3, weights: 2e-2 };

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

interface Differences {
  /** Largest relative difference of a loss. */
  readonly loss: number;
  /** Largest difference of a weight in the end, over the largest of its tensor. */
  readonly weights: number;
}

/** Trains two equal networks, one compiled, and returns the largest differences. */
function race(make: CaseMaker, mode: Exclude<CompileMode, 'off'>) {
  const other = make(tf);
  const step = compile(tf, other.step, { mode });
  const differences = train(make(tf), { ...other, step });
  const info = step.info();
  step.dispose();
  return { info, ...differences };
}

/** Largest differences where both train eagerly, and weights of one begin a unit in the last place above or below. */
function control(make: CaseMaker): Differences {
  const other = make(tf);
  for (const [i, weight] of other.weights().entries()) {
    const moved = tf.tidy(() => {
      const signs = tf.sign(tf.randomNormal(weight.shape, 0, 1, 'float32', i + 1));
      return tf.mul(weight, tf.add(1, tf.mul(2 ** -23, signs)));
    });
    if (!(weight instanceof tf.Variable)) throw new Error('A weight is no variable.');
    weight.assign(moved);
    moved.dispose();
  }
  return train(make(tf), other);
}

function train(one: Case, other: Case): Differences {
  let loss = 0;
  for (let i = 0; i < STEPS; i++) {
    const [expected, actual] = [one.step(...one.batch(i)), other.step(...other.batch(i))].map(values);
    expected!.forEach((value, k) => {
      loss = Math.max(loss, Math.abs(value - actual![k]!) / Math.max(1e-3, Math.abs(value)));
    });
  }
  const weights = Math.max(...one.weights().map((weight, i) => distance(weight, other.weights()[i]!)));
  return { loss, weights };
}

function values(result: Tensor | Tensor[]): number[] {
  const tensors = Array.isArray(result) ? result : [result];
  const numbers = tensors.map((tensor) => tensor.dataSync()[0]!);
  tf.dispose(tensors);
  return numbers;
}

function distance(a: Tensor, b: Tensor): number {
  return tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(a, b))), tf.add(tf.max(tf.abs(a)), 1e-3)).dataSync()[0]!);
}

describe.each(['exact', 'fused'] as const)('%s', (mode) => {
  test.each(Object.entries({ ...CASES, ...OPTIMIZERS }))('%s trains as it does eagerly', (_, make) => {
    const { info, loss, weights } = race(make, mode);
    expect(info).toEqual([expect.objectContaining({ state: 'compiled', steps: STEPS })]);
    expect(loss).toBeLessThanOrEqual(LOSSES[mode]);
    expect(weights).toBeLessThanOrEqual(WEIGHTS[mode]);
  });

  // Twenty batch normalizations of small batches amplify any rounding.
  test('ResNet-20 differs no more than by its own rounding', () => {
    const { info, loss, weights } = race(resnet20, mode);
    const rounding = control(resnet20);
    expect(info).toEqual([expect.objectContaining({ state: 'compiled', steps: STEPS })]);
    expect(loss).toBeLessThanOrEqual(Math.max(FLIP.loss, CONTROLS * rounding.loss));
    expect(weights).toBeLessThanOrEqual(Math.max(FLIP.weights, CONTROLS * rounding.weights));
  });
});
