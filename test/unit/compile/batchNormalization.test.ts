import type { Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import { nodeBackend } from '../../../src/compile/node/backend';
import { simplify } from '../../../src/compile/passes/simplify';
import { record } from '../../../src/compile/record/recorder';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { normal } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

interface Options {
  readonly epsilon?: number;
  /** What a variance is multiplied with before it is used. */
  readonly factor?: number;
}

/**
 * Gradients of a function of a normalized convolution: of the filter, scale and offset. The statistics are
 * returned too.
 */
function normalization({ epsilon = 1e-3, factor = 1 }: Options = {}) {
  const [filter, scale, offset] = [
    tf.variable(normal(tf, [3, 3, 2, 6], 1, 0.4)),
    tf.variable(normal(tf, [6], 2)),
    tf.variable(normal(tf, [6], 3)),
  ];
  const weights = normal(tf, [8, 5, 5, 6], 4);
  const step = (x: Tensor): Tensor[] => {
    const statistics: Tensor[] = [];
    const { value, grads } = tf.variableGrads(
      () => {
        const product = tf.add(tf.conv2d(x as never, filter as never, 1, 'same'), 3);
        const { mean, variance } = tf.moments(product, [0, 1, 2]);
        const used = factor === 1 ? variance : tf.mul(variance, factor);
        statistics.push(tf.keep(mean), tf.keep(variance));
        const normalized = tf.batchNorm(product, mean, used, offset, scale, epsilon);
        return tf.sum(tf.mul(weights, tf.sigmoid(normalized)));
      },
      [filter, scale, offset] as Variable[],
    );
    return [value, ...Object.values(grads), ...statistics];
  };
  return { step, batch: (i: number) => normal(tf, [8, 5, 5, 2], 10 + i) };
}

/** Names of the ops of a step's program after `simplify`. */
function namesOf(step: (x: Tensor) => unknown, x: Tensor): string[] {
  const { program } = record(tf, nodeBackend(tf)!, step, [x], {
    fuse: true,
  });
  return simplify(program).operations.map((operation) =>
    operation.kind === 'tensor' ? operation.name : 'update',
  );
}

/** Largest difference of what a step returns eagerly and compiled, in units of the largest entry. */
function difference(options: Options): number {
  const { step, batch } = normalization(options);
  const compiled = compile(tf, step);
  let largest = 0;
  for (let i = 0; i < 5; i++) {
    const x = batch(i);
    const [expected, actual] = [step(x), compiled(x)];
    expected.forEach((tensor, k) => {
      const error = tf.max(tf.abs(tf.sub(tensor, actual[k]!))).dataSync()[0]!;
      largest = Math.max(largest, error / tf.max(tf.abs(tensor)).dataSync()[0]!);
    });
  }
  expect(compiled.info()).toMatchObject([{ state: 'compiled' }]);
  compiled.dispose();
  return largest;
}

describe('batch normalization', () => {
  test('is one op forward and one for its three gradients', () => {
    const { step, batch } = normalization();
    const names = namesOf(step, batch(0));
    expect(names.filter((name) => name.startsWith('FusedBatchNorm'))).toEqual([
      'FusedBatchNormV3',
      'FusedBatchNormGradV3',
    ]);
  });

  test.each([1e-3, 0.5])('has the same statistics and gradients, ε %d', (epsilon) => {
    expect(difference({ epsilon })).toBeLessThan(2e-5);
  });

  test('by another variance than the batch’s is left as it is', () => {
    const { step, batch } = normalization({ factor: 2 });
    expect(namesOf(step, batch(0))).not.toContain('FusedBatchNormV3');
    expect(difference({ factor: 2 })).toBeLessThan(2e-5);
  });

  test('by given statistics is left as it is', () => {
    const { batch } = normalization();
    const filter = tf.variable(normal(tf, [3, 3, 2, 6], 1, 0.4));
    const [mean, one] = [normal(tf, [6], 5), tf.ones([6])];
    const names = namesOf((x) => {
      const product = tf.conv2d(x as never, filter as never, 1, 'same');
      return tf.batchNorm(product, mean, one, mean, one);
    }, batch(0));
    expect(names).toContain('FusedBatchNorm');
    expect(names).not.toContain('FusedBatchNormV3');
  });
});
