import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import { lower } from '../../../src/compile/lower/lower';
import { nodeBackend } from '../../../src/compile/node/backend';
import { clusterOperations } from '../../../src/compile/passes/fusion/clusters';
import { fuseChains } from '../../../src/compile/passes/fusion/fuse';
import { simplify } from '../../../src/compile/passes/simplify';
import {
  inputsOf,
  outputsOf,
  type FusedOperation,
  type Operation,
} from '../../../src/compile/program/program';
import { signatureOf } from '../../../src/compile/program/signature';
import { record } from '../../../src/compile/record/recorder';
import { CompiledProgram } from '../../../src/compile/session/compiledProgram';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { Random } from '../../../src/math/random';
import { normal } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

type Step = (x: Tensor) => Tensor[];

/** The loss and the gradient of a function of x that ends in a sum of squares. */
function gradientOf(shape: number[], body: (x: Tensor) => Tensor): Step {
  const bias = tf.variable(normal(tf, shape, 1));
  return (x) => {
    const result = (): Tensor => body(tf.add(x, bias));
    const loss = (): Scalar => tf.tidy(() => tf.sum<Scalar>(tf.square(result())));
    const { value, grads } = tf.variableGrads(loss, [bias]);
    return [value, ...Object.values(grads)];
  };
}

function simplified(step: Step, shape: number[]) {
  const { program, refusals } = record(tf, nodeBackend(tf)!, step, [normal(tf, shape, 3)], { fuse: true });
  expect(refusals).toEqual([]);
  return simplify(program);
}

function loopsOf(operations: readonly Operation[]): FusedOperation[] {
  return operations.filter((operation) => operation.kind === 'fused');
}

/** By the approximation with a hyperbolic tangent. */
const gelu = (x: Tensor): Tensor => {
  const cubic = tf.mul(0.044715, tf.mul(x, tf.mul(x, x)));
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(tf.mul(0.8, tf.add(x, cubic)))));
};

const layerNorm = (x: Tensor, epsilon = 1e-5): Tensor => {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)));
};

const WIDE = [512, 512];

describe('long chains on large tensors', () => {
  test('between two products are one loop each, and the gradient keeps nothing but its argument', () => {
    const weights = tf.mul(normal(tf, WIDE, 7), 0.05);
    const step = gradientOf(WIDE, (x) => tf.matMul(gelu(tf.matMul(x, weights)), weights));
    const program = fuseChains(simplified(step, WIDE));
    const products = program.operations.flatMap((operation) =>
      operation.kind === 'tensor' && operation.name.includes('MatMul') ? operation.outputs : [],
    );
    const [forward, backward] = loopsOf(program.operations).filter(({ operations }) =>
      operations.some(({ name }) => name === 'Tanh'),
    );
    expect(forward).toMatchObject({ inputs: [products[0]], outputs: [expect.any(Number)] });
    expect(new Set(backward!.inputs)).toEqual(new Set([products[0], products[2]]));
    expect(backward!.operations.map(({ name }) => name)).toContain('TanhGrad');
  });

  test('hold the means of rows', () => {
    const program = fuseChains(
      simplified(
        gradientOf(WIDE, (x) => layerNorm(x)),
        WIDE,
      ),
    );
    const [loop] = loopsOf(program.operations);
    expect(loop!.operations.filter(({ name }) => name === 'Mean')).toHaveLength(2);
  });

  test('that compute the same are compiled once', () => {
    const weights = tf.mul(normal(tf, WIDE, 7), 0.05);
    const step = gradientOf(WIDE, (x) =>
      [1, 2, 3].reduce((h) => tf.matMul(gelu(h), weights), tf.matMul(x, weights)),
    );
    const program = fuseChains(simplified(step, WIDE));
    const loops = loopsOf(program.operations);
    expect(loops.length).toBeGreaterThanOrEqual(6);
    expect(new Set(loops.map((loop) => signatureOf(loop, program.values))).size).toBeLessThanOrEqual(4);
  });

  test('run compiled, as they do eagerly', () => {
    const step = gradientOf(WIDE, (x) => gelu(layerNorm(x)));
    const compiled = compile(tf, step);
    for (const seed of [3, 4, 5, 6]) {
      const x = normal(tf, WIDE, seed);
      const actual = compiled(x);
      step(x).forEach((expected, k) => {
        const [scale] = tf.max(tf.abs(expected)).dataSync();
        const [difference] = tf.max(tf.abs(tf.sub(expected, actual[k]!))).dataSync();
        expect(difference! / scale!).toBeLessThan(1e-5);
      });
    }
    expect(compiled.info()).toMatchObject([{ state: 'compiled' }]);
    compiled.dispose();
  });

  test('are ops of their own where TensorFlow has no XLA', () => {
    const backend = nodeBackend(tf)!;
    const { binding } = backend;
    let refused = 0;
    const withoutXla = Object.create(binding, {
      loadSavedModel: {
        value: (folder: string, tag: string) => {
          if (refused++ === 0) throw new Error('there is no XLA');
          return binding.loadSavedModel(folder, tag);
        },
      },
    }) as typeof binding;
    const compiled = compile(tf, gradientOf(WIDE, gelu));
    backend.binding = withoutXla;
    try {
      for (const seed of [3, 4, 5]) tf.dispose(compiled(normal(tf, WIDE, seed)));
    } finally {
      backend.binding = binding;
    }
    expect(refused).toBe(2);
    expect(compiled.info()).toMatchObject([{ state: 'compiled' }]);
    compiled.dispose();
  });
});

test('what only readings need is in no loop', () => {
  const step = gradientOf(WIDE, gelu);
  const withReading = (x: Tensor): Tensor[] => [...step(x), tf.tidy(() => tf.exp(gelu(tf.mul(x, 3))))];
  const program = simplified(withReading, WIDE);
  const inLoops = (values: number): string[] =>
    loopsOf(fuseChains(program, values).operations).flatMap(({ operations }) =>
      operations.map(({ name }) => name),
    );
  expect(inLoops(3)).toContain('Exp');
  expect(inLoops(2)).toContain('TanhGrad');
  expect(inLoops(2)).not.toContain('Exp');
});

test('short chains and small tensors stay ops', () => {
  expect(loopsOf(fuseChains(simplified(gradientOf([16, 16], gelu), [16, 16])).operations)).toEqual([]);
});

test('no group needs what needs the group', () => {
  const op = (name: string, inputs: number[], output: number): Operation => {
    return { kind: 'tensor', name, attributes: {}, inputs, outputs: [output] };
  };
  // 2 is used by a product and, after it, beside it.
  const operations = [
    op('Square', [0], 2),
    op('Exp', [2], 3),
    op('MatMul', [3, 3], 4),
    op('Mul', [2, 4], 5),
    op('Tanh', [5], 6),
  ];
  const clusters = clusterOperations(operations, (place) => place !== 2).map((cluster) =>
    [...cluster].sort(),
  );
  expect(clusters).toHaveLength(2);
  expect(clusters).toEqual(
    expect.arrayContaining([
      [0, 1],
      [3, 4],
    ]),
  );
});

const NETWORKS = 15;

/** A random chain of arithmetic, products and norms on [4, 6]. */
function randomChain(seed: number): (x: Tensor) => Tensor {
  const random = new Random(seed);
  const weights = tf.mul(normal(tf, [6, 6], seed), 0.4);
  // Near zero a smaller ε would make much of rounding.
  const norm = (x: Tensor): Tensor => layerNorm(x, 0.1);
  const unary = [tf.tanh, tf.sigmoid, tf.square, tf.exp, gelu, norm, tf.neg, tf.softplus, tf.abs];
  const draws = Array.from({ length: 12 }, () => [random.integer(13), random.integer(100)] as const);
  return (x) => {
    const values = [x];
    for (const [kind, draw] of draws) {
      const a = values.at(-1)!;
      const b = values[draw % values.length]!;
      const part = unary[kind];
      if (part !== undefined) values.push(part(tf.mul(a, 0.3)));
      else if (kind === 9) values.push(tf.matMul(a, weights));
      else if (kind === 10) values.push(tf.add(a, b));
      else if (kind === 11) values.push(tf.mul(a, tf.sigmoid(b)));
      else values.push(tf.sub(b, tf.mean(a, -1, true)));
    }
    return values.at(-1)!;
  };
}

test(`${NETWORKS} random chains compute fused what they compute eagerly`, () => {
  const backend = nodeBackend(tf)!;
  let loops = 0;
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const step = gradientOf([4, 6], randomChain(seed));
    const x = normal(tf, [4, 6], seed);
    const { program } = record(tf, backend, step, [x], { fuse: true });
    const fused = fuseChains(simplify(program), program.results.length, { call: -1000, loop: 0 });
    const given = new Set<number>();
    const made = new Set(program.operations.flatMap(outputsOf));
    for (const operation of fused.operations) {
      for (const input of inputsOf(operation)) expect(given.has(input) || !made.has(input)).toBe(true);
      outputsOf(operation).forEach((output) => given.add(output));
    }
    loops += loopsOf(fused.operations).length;
    const compiled = new CompiledProgram(backend, lower(fused, new Set()));
    const actual = compiled
      .run([x], 0, program.results.length)
      .map(({ id }) => backend.binding.tensorDataSync(id));
    step(x).forEach((expected, k) => {
      const values = expected.dataSync();
      const scale = Math.max(1e-3, ...values.map(Math.abs));
      values.forEach((value, i) =>
        expect(Math.abs(value - actual[k]![i]!) / scale, `seed ${seed}`).toBeLessThan(2e-5),
      );
    });
    compiled.dispose();
  }
  expect(loops).toBeGreaterThan(NETWORKS);
}, 300_000);
