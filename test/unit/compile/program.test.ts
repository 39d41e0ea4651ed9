import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import { nodeBackend } from '../../../src/compile/node/backend';
import { simplify } from '../../../src/compile/passes/simplify';
import { compare } from '../../../src/compile/program/compare';
import { printProgram } from '../../../src/compile/program/print';
import { record } from '../../../src/compile/record/recorder';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { normal } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

function recorded(step: (...inputs: Tensor[]) => unknown, inputs: Tensor[]) {
  const recording = record(tf, nodeBackend(tf)!, step, inputs, { fuse: true });
  expect(recording.refusals).toEqual([]);
  return recording.program;
}

describe('a program', () => {
  test('is printed as what was computed, before and after it is simplified', () => {
    const weights = tf.variable(normal(tf, [3, 2], 1), true, 'w');
    const bias = tf.variable(tf.zeros([2]), true, 'b');
    const optimizer = tf.train.sgd(0.5);
    const step = (x: Tensor) =>
      optimizer.minimize(() => tf.sum<Scalar>(tf.relu(tf.add(tf.matMul(x, weights), bias))), true, [
        weights,
        bias,
      ])!;
    const program = recorded(step, [tf.ones([4, 3])]);
    expect(printProgram(simplify(program))).toMatchInlineSnapshot(`
      "%2 [4, 2] = MatMul(input1, w) transpose_a=false transpose_b=false
      %4 [4, 2] = BiasAdd(%2, b) data_format=NHWC
      %5 [4, 2] = Relu(%4)
      %7 [] = Sum(%5, (0, 1)) keep_dims=false
      %10 [1, 1] = Reshape(1, (1, 1))
      %12 [4, 2] = Mul(%10, (1, 1, 1, 1, …))
      %13 [4, 2] = IsNan(%4)
      %15 [4, 2] = Greater(%4, 0)
      %18 [4, 2] = Fill((4, 2), 0) index_type=3
      %20 [4, 2] = Select(%15, (1, 1, 1, 1, …), %18)
      %21 [4, 2] = Select(%13, %4, %20)
      %23 [4, 2] = ReluGrad(%12, %5)
      %27 [2] = BiasAddGrad(%23) data_format=NHWC
      %30 [3, 2] = MatMul(input1, %23) transpose_a=true transpose_b=false
      gradientDescent(rate)
        w' = w moved by %30
        b' = b moved by %27
      return %7"
    `);
    expect(printProgram(program).split('\n').length).toBeGreaterThan(20);
  });

  test.each([
    ['transposed, as in a gradient', true, [1024, 1024], 32],
    ['whose matrices are small', false, [256, 256], 512],
  ] as const)('keeps a large product as one of a batch: %s', (_, transposed, [rows, columns], inner) => {
    const multiply = (x: Tensor, y: Tensor) => tf.tidy(() => tf.matMul(x, y, transposed));
    const factors = (length: number) => [
      normal(tf, transposed ? [length, rows] : [rows, length], 1),
      normal(tf, [length, columns], 2),
    ];
    const products = (length: number) =>
      simplify(recorded(multiply, factors(length))).operations.flatMap((operation) =>
        operation.kind === 'tensor' && operation.name.includes('MatMul') ? operation.name : [],
      );
    expect(products(inner - 1)).toEqual(['MatMul']);
    expect(products(inner)).toEqual(['BatchMatMulV2']);

    const [x, y] = factors(inner) as [Tensor, Tensor];
    const step = compile(tf, multiply, { mode: 'fused' });
    for (let i = 0; i < 3; i++) step(x, y);
    expect(step.info()[0]!.state).toBe('compiled');
    const error = tf.max(tf.abs(tf.sub(step(x, y), multiply(x, y)))).dataSync()[0];
    // The entries are as large as the root of the inner dimension.
    expect(error).toBeLessThan(4e-5 * Math.sqrt(inner));
    step.dispose();
  });

  test('multiplies large matrices that are not transposed by the op that is fused', () => {
    const [x, y] = [tf.ones([1024, 256]), tf.ones([256, 1024])];
    const program = simplify(recorded((a, b) => tf.tidy(() => tf.matMul(a, b)), [x, y]));
    expect(printProgram(program)).toContain('= MatMul(');
  });

  test('with dropout names what is drawn, and is the same twice but for it', () => {
    const step = (x: Tensor) => tf.tidy(() => tf.sum(tf.dropout(x, 0.25)));
    const x = tf.ones([4, 8]);
    const [first, second] = [recorded(step, [x]), recorded(step, [x])];
    expect(printProgram(first)).toContain('randomUniform[4, 8]');
    const { difference, changing } = compare(first, second);
    expect(difference).toBeUndefined();
    expect(changing).toHaveLength(1);
  });

  test.each([
    ['randomNormal', { location: 3, scale: 0.5 }, () => tf.randomNormal([6, 7], 3, 0.5)],
    ['truncatedNormal', { location: -1, scale: 2 }, () => tf.truncatedNormal([6, 7], -1, 2)],
    ['randomUniform', { location: -0.1, scale: 0.2 }, () => tf.randomUniform([6, 7], -0.1, 0.1)],
    ['randomNormal', { location: 0, scale: 1 }, () => tf.randomStandardNormal([6, 7])],
  ] as const)('knows a draw of %s by its values: %o', (distribution, { location, scale }, draw) => {
    const { values } = recorded((x) => tf.tidy(() => tf.sum(tf.mul(x, draw()))), [tf.ones([6, 7])]);
    const drawn = values.flatMap((value) => (value.kind === 'constant' && value.draw ? [value.draw] : []));
    expect(drawn).toHaveLength(1);
    expect(drawn[0]!.distribution).toBe(distribution);
    expect(drawn[0]!.location).toBeCloseTo(location, 6);
    expect(drawn[0]!.scale).toBeCloseTo(scale, 6);
  });
});
