import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import type { CompileMode } from '../../../src/protocol/compileMode';
import { withSeededRandom } from '../../../src/train/randomness';
import { twoLayers } from './cases';

let tf: TensorFlow;
const STEPS = 40;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

/** What a compiled step that draws returns in `STEPS` steps, after those that are recorded. */
function drawn(draw: () => Tensor, seed: number): number[][] {
  return withSeededRandom(seed, () => {
    const step = compile(tf, (x: Tensor) => tf.tidy(() => tf.add(x, draw())));
    const zero = tf.zeros([1]);
    const all = Array.from({ length: STEPS + 4 }, () => Array.from(step(zero).dataSync()));
    expect(step.info()[0]).toMatchObject({ state: 'compiled' });
    step.dispose();
    return all.slice(4);
  });
}

function moments(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  return { mean, deviation };
}

test('dropout drops at its rate and scales what it keeps, another part in every step', () => {
  const steps = drawn(() => tf.dropout(tf.ones([500]), 0.3), 1);
  const values = steps.flat();
  const kept = values.filter((x) => x !== 0);
  expect(kept.every((x) => Math.abs(x - 1 / 0.7) < 1e-6)).toBe(true);
  // 20 000 draws: five standard deviations are 0.016.
  expect(Math.abs(kept.length / values.length - 0.7)).toBeLessThan(0.016);
  expect(new Set(steps.map(String)).size).toBe(STEPS);
});

test.each([
  ['normal', () => tf.randomNormal([500], 2, 0.5), 2, 0.5],
  ['uniform', () => tf.randomUniform([500], -3, 1), -1, 4 / Math.sqrt(12)],
  ['truncated normal', () => tf.truncatedNormal([500], 1, 2), 1, 2 * 0.8796],
] as const)('%s noise has its mean and deviation', (_, draw, mean, deviation) => {
  const measured = moments(drawn(draw, 2).flat());
  expect(Math.abs(measured.mean - mean)).toBeLessThan((5 * deviation) / Math.sqrt(500 * STEPS));
  expect(Math.abs(measured.deviation / deviation - 1)).toBeLessThan(0.03);
});

test.each(['exact', 'fused'] as const)(
  'a step moves weights as an eager one with the masks that it drew (%s)',
  (mode) => {
    const network = () => {
      const { parameters, batch } = twoLayers(tf);
      const [w1, b1, w2, b2] = parameters as [Variable, Variable, Variable, Variable];
      const optimizer = tf.train.adam(1e-2);
      const descend = (x: Tensor, y: Tensor, mask: Tensor): Tensor =>
        optimizer.minimize(
          () => {
            const hidden = tf.mul(tf.relu(tf.add(tf.matMul(x, w1), b1)), mask);
            return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, tf.add(tf.matMul(hidden, w2), b2));
          },
          true,
          parameters,
        )!;
      return { parameters, batch, descend };
    };
    const [drawing, given] = [network(), network()];
    const step = compile(
      tf,
      (x: Tensor, y: Tensor) => {
        const mask = tf.dropout(tf.ones([32, 16]), 0.5);
        return [drawing.descend(x, y, mask), mask] as const;
      },
      { mode },
    );
    const masks = new Set<string>();
    for (let i = 0; i < 30; i++) {
      const [x, y] = drawing.batch(i) as [Tensor, Tensor];
      const [loss, mask] = step(x, y);
      masks.add(String(mask.dataSync()));
      const expected = given.descend(x, y, mask).dataSync()[0]!;
      expect(Math.abs(loss.dataSync()[0]! / expected - 1)).toBeLessThan(1e-4);
    }
    expect(step.info()[0]).toMatchObject({ state: 'compiled', steps: 30 });
    expect(masks.size).toBe(30);
    step.dispose();
    drawing.parameters.forEach((variable, i) => {
      const other = given.parameters[i]!.dataSync();
      variable.dataSync().forEach((value, k) => expect(value).toBeCloseTo(other[k]!, 3));
    });
  },
);

test('a step that falls back to eager draws what it would draw without a compiler', () => {
  const draw = (mode: CompileMode) =>
    withSeededRandom(5, () => {
      const step = compile(
        tf,
        (x: Tensor) => tf.tidy(() => tf.add(x.dataSync()[0]!, tf.dropout(tf.ones([50]), 0.5))),
        { mode },
      );
      const zero = tf.zeros([1]);
      const all = Array.from({ length: 6 }, () => Array.from(step(zero).dataSync()));
      return { all, state: step.info()[0]?.state };
    });
  const { all, state } = draw('fused');
  expect(state).toBe('eager');
  expect(all).toEqual(draw('off').all);
  expect(new Set(all.map(String)).size).toBe(6);
});

test('two draws of a step are independent, and a seed of Math.random repeats them all', () => {
  const pair = () => tf.concat([tf.randomNormal([400]), tf.randomNormal([400])]);
  const steps = drawn(pair, 3);
  const correlation = moments(
    steps.flatMap((values) => values.slice(0, 400).map((x, i) => x * values[400 + i]!)),
  );
  expect(Math.abs(correlation.mean)).toBeLessThan(5 / Math.sqrt(400 * STEPS));
  expect(drawn(pair, 3)).toEqual(steps);
  expect(drawn(pair, 4)).not.toEqual(steps);
});
