import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { CompileMode } from '../../../src/protocol/compileMode';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { CASES, OPTIMIZERS, type CaseMaker } from './cases';

const STEPS = 30;
/** What the update's rounding may make of weights in so many steps, as a part of their largest entry. */
const WEIGHTS = { exact: 2e-5, fused: 2e-3 };
const LOSSES = { exact: 1e-6, fused: 2e-4 };

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

/** Trains two equal networks, one compiled, and returns the largest differences. */
function race(make: CaseMaker, mode: Exclude<CompileMode, 'off'>) {
  const eager = make(tf);
  const other = make(tf);
  const step = compile(tf, other.step, { mode });
  let loss = 0;
  for (let i = 0; i < STEPS; i++) {
    const [expected, actual] = [eager.step(...eager.batch(i)), step(...other.batch(i))].map(values);
    expected!.forEach((value, k) => {
      loss = Math.max(loss, Math.abs(value - actual![k]!) / Math.max(1e-3, Math.abs(value)));
    });
  }
  const info = step.info();
  const weights = Math.max(...eager.weights().map((weight, i) => distance(weight, other.weights()[i]!)));
  step.dispose();
  return { info, loss, weights };
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
});
