import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
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

/** Images of few values, so that windows have several largest numbers, and some none above zero. */
function images(seed: number): Tensor4D {
  return tf.round<Tensor4D>(normal(tf, [2, 7, 8, 3], seed) as Tensor4D);
}

/** The loss and the gradient of what is made of rectified images, by a variable that is added to them. */
function gradientOf(body: (rectified: Tensor4D) => Tensor): (x: Tensor) => Tensor[] {
  const offset = tf.variable(tf.zeros([2, 7, 8, 3]));
  return (x) => {
    const loss = (): Scalar => {
      const pooled = body(tf.relu<Tensor4D>(tf.add(x, offset)));
      return tf.sum<Scalar>(tf.mul(normal(tf, pooled.shape, 1), pooled));
    };
    const { value, grads } = tf.variableGrads(loss, [offset]);
    return [value, ...Object.values(grads)];
  };
}

/** Entries of what each op of a name gives, in a step's program after `simplify`. */
function sizesOf(step: (x: Tensor) => Tensor[], name: string): number[] {
  const { program } = record(tf, nodeBackend(tf)!, step, [images(2)], { fuse: true });
  const { operations, values } = simplify(program);
  return operations.flatMap((operation) => {
    if (operation.kind !== 'tensor' || operation.name !== name) return [];
    return values[operation.outputs[0]!]!.shape.reduce((product, length) => product * length, 1);
  });
}

/** Largest difference of the gradients eagerly and compiled, over several batches. */
function differenceOf(step: (x: Tensor) => Tensor[]): number {
  const compiled = compile(tf, step);
  const differences = [3, 4, 5, 6].map((seed) => {
    const [actual, expected] = [compiled(images(seed))[1]!, step(images(seed))[1]!];
    expect(tf.max(tf.abs(expected)).dataSync()[0]).toBeGreaterThan(1);
    return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!;
  });
  expect(compiled.info()).toMatchObject([{ state: 'compiled' }]);
  compiled.dispose();
  return Math.max(...differences);
}

test.each([
  ['windows side by side', 2, 2, 'valid', 2 * 3 * 4 * 3, 0],
  // An entry that is the largest of two windows has a sum for its gradient.
  ['windows that overlap, over the edge', 3, 2, 'same', 2 * 4 * 4 * 3, 2e-6],
] as const)(
  'the rectifier passes over what pooling leaves: %s',
  (_, size, strides, padding, left, rounding) => {
    const step = gradientOf((x) => tf.maxPool(x, size, strides, padding));
    expect(sizesOf(step, 'ReluGrad')).toEqual([left]);
    expect(differenceOf(step)).toBeLessThanOrEqual(rounding);
  },
);

test('a gradient that comes from elsewhere too passes the rectifier as it is', () => {
  const step = gradientOf((x) => tf.add(tf.maxPool(x, 3, 1, 'same'), tf.mul(x, 2)));
  expect(sizesOf(step, 'ReluGrad')).toEqual([2 * 7 * 8 * 3]);
  expect(differenceOf(step)).toBeLessThanOrEqual(2e-6);
});
