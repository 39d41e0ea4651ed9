import type { Scalar, Tensor } from '@tensorflow/tfjs';
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

/** The loss and the gradient of a function of `[6, 9]` that ends in a weighted sum. */
function gradientOf(body: (x: Tensor) => Tensor): (x: Tensor) => Tensor[] {
  const bias = tf.variable(normal(tf, [6, 9], 1));
  const weights = normal(tf, [6, 9], 2);
  return (x) => {
    const loss = (): Scalar => tf.sum<Scalar>(tf.mul(weights, body(tf.add(x, bias))));
    const { value, grads } = tf.variableGrads(loss, [bias]);
    return [value, ...Object.values(grads)];
  };
}

/** How often each op is in a step's program after `simplify`. */
function countsOf(step: (x: Tensor) => Tensor[]): Record<string, number> {
  const { program } = record(tf, nodeBackend(tf)!, step, [normal(tf, [6, 9], 3)], {
    fuse: true,
  });
  const counts: Record<string, number> = {};
  for (const operation of simplify(program).operations) {
    if (operation.kind === 'tensor') counts[operation.name] = (counts[operation.name] ?? 0) + 1;
  }
  return counts;
}

/** Largest difference of what a step returns eagerly and compiled. */
function differenceOf(step: (x: Tensor) => Tensor[]): number {
  const compiled = compile(tf, step);
  const differences = [3, 4, 5, 6].flatMap((seed) => {
    const x = normal(tf, [6, 9], seed);
    const actual = compiled(x);
    return step(x).map((tensor, k) => tf.max(tf.abs(tf.sub(tensor, actual[k]!))).dataSync()[0]!);
  });
  expect(compiled.info()).toMatchObject([{ state: 'compiled' }]);
  compiled.dispose();
  return Math.max(...differences);
}

test.each([
  ['TanhGrad', (x: Tensor) => tf.tanh(x)],
  ['SigmoidGrad', (x: Tensor) => tf.sigmoid(x)],
])('%s is one op', (name, body) => {
  const step = gradientOf(body);
  expect(countsOf(step)).toMatchObject({ [name]: 1 });
  expect(differenceOf(step)).toBeLessThan(2e-6);
});

test('a product that only looks like a gradient of tanh is none', () => {
  const step = gradientOf((x) => tf.mul(x, tf.sub(2, tf.square(x))));
  expect(countsOf(step)).not.toHaveProperty('TanhGrad');
  expect(differenceOf(step)).toBeLessThan(5e-6);
});

test.each([0, 1])('the gradient of an average over axis %d is divided before it is spread', (axis) => {
  const step = gradientOf((x) => {
    const centred = tf.sub(x, tf.mean(x, axis, true));
    return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), axis, true), 1e-5)));
  });
  const { program } = record(tf, nodeBackend(tf)!, step, [normal(tf, [6, 9], 3)], {
    fuse: true,
  });
  const simplified = simplify(program);
  const used = new Set(
    simplified.operations.flatMap((operation) => (operation.kind === 'tensor' ? operation.inputs : [])),
  );
  const divisions = simplified.operations.flatMap((operation) =>
    operation.kind === 'tensor' &&
    operation.name === 'RealDiv' &&
    operation.outputs.some((output) => used.has(output))
      ? [String(simplified.values[operation.outputs[0]!]!.shape)]
      : [],
  );
  expect(divisions).not.toContain('6,9');
  expect(differenceOf(step)).toBeLessThan(1e-5);
});
