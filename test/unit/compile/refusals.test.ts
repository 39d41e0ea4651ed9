import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { compile, type SignatureInfo } from '../../../src/compile/compile';
import { nodeBackend } from '../../../src/compile/node/backend';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { normal, twoLayers } from './cases';

const STEPS = 12;
/** Steps after which no batch is new. */
const BATCHES = 4;
let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

type Loss = (x: Tensor, y: Tensor, base: Scalar) => Scalar;

interface Trained {
  readonly losses: readonly number[];
  readonly info: SignatureInfo | undefined;
  /** How often the step's own code ran. */
  readonly calls: number;
  /** Steps that the optimizer counted. */
  readonly iterations: number;
  /** How many tensors of TensorFlow.js and handles of the library came to stay since no batch is new. */
  readonly left: readonly number[];
  readonly sessions: number;
}

/** Trains `twoLayers` with an addition to its loss. */
function train(makeLoss: () => Loss, mode: 'off' | 'fused'): Trained {
  const { binding } = nodeBackend(tf)!;
  const counts: (readonly [number, number])[] = [];
  const sessions = binding.getNumOfSavedModels();
  const { parameters, loss, batch } = twoLayers(tf);
  const addition = makeLoss();
  const optimizer = tf.train.adam(1e-2);
  let calls = 0;
  const step = compile(
    tf,
    (x: Tensor, y: Tensor) => {
      calls++;
      return optimizer.minimize(() => addition(x, y, loss(x, y)), true, parameters)!;
    },
    { mode },
  );
  const losses = Array.from({ length: STEPS }, (_, i) => {
    const [x, y] = batch(i) as [Tensor, Tensor];
    const value = step(x, y);
    const [number] = value.dataSync();
    value.dispose();
    counts.push([tf.memory().numTensors, binding.getNumOfTensors()]);
    return number!;
  });
  const left = [0, 1].map((k) => counts.at(-1)![k]! - counts[BATCHES]![k]!);
  const [info] = step.info();
  step.dispose();
  tf.dispose(parameters);
  const { iterations } = optimizer;
  return { losses, info, calls, iterations, left, sessions: binding.getNumOfSavedModels() - sessions };
}

/** Trains eagerly and compiled; both must go the same way and leave as much behind. */
function trial(makeLoss: () => Loss) {
  const [eager, compiled] = [train(makeLoss, 'off'), train(makeLoss, 'fused')];
  compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i]!, 4));
  expect(compiled).toMatchObject({ iterations: STEPS, left: eager.left, sessions: 0 });
  return { ...compiled, eager };
}

/** An own generator, so that both trials of a case draw the same. */
function generator(): () => number {
  let state = 1;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

const REFUSED: readonly [string, RegExp, () => Loss][] = [
  [
    'data read inside the step',
    /reads a tensor back/,
    () => (_x, _y, base) => (base.dataSync()[0]! > 1e9 ? tf.mul(base, 2) : base),
  ],
  [
    'a branch that alternates',
    /ran \d+ ops one time and \d+ the next/,
    () => {
      let k = 0;
      return (_x, _y, base) => (k++ % 2 === 0 ? base : tf.mul(base, 0.5));
    },
  ],
  [
    'a scalar that changes with every step',
    /JavaScript makes a tensor of shape \[\] with other values/,
    () => {
      let k = 0;
      return (_x, _y, base) => tf.mul(base, 1 / (1 + k++));
    },
  ],
  [
    'noise of the user’s own',
    /JavaScript makes a tensor of shape \[20\] with other values/,
    () => {
      const random = generator();
      return (x, _y, base) =>
        tf.add(base, tf.mean(tf.mul(x, tf.tensor1d(Array.from({ length: 20 }, () => random())))));
    },
  ],
  [
    'a tensor from outside that is another one each time',
    /from outside the step is another one the next time; pass it as an argument/,
    () => {
      let k = 0;
      const tensors = Array.from({ length: 4 }, (_, i) => normal(tf, [20], 300 + i));
      return (x, _y, base) => tf.add(base, tf.mean(tf.mul(x, tensors[k++ % 4]!)));
    },
  ],
  [
    'a shape that depends on data',
    /the shape of what the op UniqueV2 gives depends on data/,
    () => (x, _y, base) => tf.add(base, tf.mean(tf.unique(tf.reshape(x, [-1])).values)),
  ],
  [
    'strings',
    /strings or complex numbers/,
    () => (_x, _y, base) => {
      const words = tf.tensor1d(['a', 'b']);
      return tf.add(base, tf.mul(tf.sum(tf.cast(tf.equal(words, words), 'float32')), 0));
    },
  ],
  [
    'a new variable each time',
    /makes a variable|ops one time|comes from elsewhere/,
    () => (_x, _y, base) => tf.mul(base, tf.variable(tf.scalar(1))),
  ],
];

test.each(REFUSED)('%s runs eagerly, and the reason is told', (_, reason, makeLoss) => {
  const { info, losses, calls, eager } = trial(makeLoss);
  expect(info).toMatchObject({
    state: 'eager',
    reason: expect.stringMatching(reason) as string,
    steps: STEPS,
  });
  // Every step is the user's own, once: nothing is lost and nothing happens twice.
  expect(calls).toBe(STEPS);
  expect(losses).toEqual(eager.losses);
});

test('the line of the step that cannot be compiled is known', () => {
  const step = compile(tf, function theUsersStep(x: Tensor) {
    return tf.mul(x, tf.sum(x).dataSync()[0]!);
  });
  step(tf.ones([3]));
  expect(step.info()[0]!.where!.stack).toMatch(/theUsersStep .*refusals\.test\.ts:\d+:\d+/);
});

test.each([
  ['', async (x: Tensor) => tf.sum(await tf.booleanMaskAsync(x, tf.greater(x, 0)))],
  [
    ' and never waits before it computes',
    async (x: Tensor) => {
      const sum = tf.sum(tf.relu(x));
      await tf.nextFrame();
      return sum;
    },
  ],
] as const)('a step that is asynchronous%s runs as it is', async (_, body) => {
  let calls = 0;
  const step = compile(tf, (x: Tensor) => (calls++, body(x)));
  const x = tf.tensor1d([1, -2, 3]);
  for (let i = 0; i < 4; i++) expect((await step(x)).dataSync()[0]).toBe(4);
  expect(step.info()[0]).toMatchObject({ state: 'eager', reason: 'the step is asynchronous' });
  expect(calls).toBe(4);
});

test('a step that disposes its argument runs as it is, so that it does', () => {
  const step = compile(tf, (x: Tensor) => {
    const square = tf.square(x);
    x.dispose();
    return square;
  });
  for (let i = 0; i < 5; i++) {
    const x = tf.scalar(i);
    expect(step(x).dataSync()[0]).toBe(i ** 2);
    expect(x.isDisposed).toBe(true);
  }
  expect(step.info()[0]).toMatchObject({ state: 'eager', reason: 'the step disposes an argument' });
});

test('a step whose two arguments are one tensor, or a variable, runs as it is', () => {
  const [same, variable] = [0, 1].map(() => compile(tf, (a: Tensor, b: Tensor) => tf.sub(a, b)));
  const [one, two] = [tf.scalar(1), tf.variable(tf.scalar(2))];
  for (let i = 0; i < 4; i++) {
    expect(same!(one, one).dataSync()[0]).toBe(0);
    expect(variable!(one, two).dataSync()[0]).toBe(-1);
  }
  for (const [step, which] of [
    [same!, 2],
    [variable!, 2],
  ] as const) {
    const reason = `argument ${which} is a variable, or the same tensor as another argument`;
    expect(step.info()[0]).toMatchObject({ state: 'eager', reason });
  }
});

test('a step that returns something else than tensors runs as it is', () => {
  const step = compile(tf, (x: Tensor) => ({ sum: tf.sum(x), shape: 'vector' }));
  for (let i = 0; i < 4; i++) expect(step(tf.ones([3])).shape).toBe('vector');
  expect(step.info()[0]!.reason).toBe('the step returns something that is no tensor');
});

test('a step with a compiled step inside runs as it is', () => {
  const inner = compile(tf, (x: Tensor) => tf.sum(tf.square(x)));
  const x = tf.tensor1d([1, 2, 3]);
  for (let i = 0; i < 4; i++) inner(x).dispose();
  expect(inner.info()[0]!.state).toBe('compiled');
  const outer = compile(tf, (y: Tensor) => tf.mul(inner(y), 2));
  for (let i = 0; i < 4; i++) expect(outer(x).dataSync()[0]).toBe(28);
  const reason = 'the step runs another compiled step';
  expect(outer.info()[0]).toMatchObject({ state: 'eager', reason });
  inner.dispose();
});

test('a step that throws does so, and is compiled when it does not any more', () => {
  let isBroken = true;
  const step = compile(tf, (x: Tensor) => {
    if (isBroken) throw new Error('the data are not there yet');
    return tf.square(x);
  });
  const x = tf.scalar(3);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) expect(() => step(x)).toThrow('the data are not there yet');
  expect(tf.memory().numTensors).toBe(before);
  isBroken = false;
  for (let i = 0; i < 5; i++) expect(step(x).dataSync()[0]).toBe(9);
  expect(step.info()[0]!.state).toBe('compiled');
});

test('a stateful recurrent layer runs eagerly', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.lstm({ batchInputShape: [4, 3, 5], units: 4, stateful: true }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  const optimizer = tf.train.adam(1e-2);
  const x = normal(tf, [4, 3, 5], 1);
  const step = compile(tf, (batch: Tensor) =>
    optimizer.minimize(
      () => tf.mean<Scalar>(tf.square(model.apply(batch, { training: true }) as Tensor)),
      true,
    )!,
  );
  for (let i = 0; i < 6; i++) step(x).dispose();
  expect(step.info()[0]).toMatchObject({
    state: 'eager',
    reason:
      'a tensor of shape [4, 4] from outside the step is another one the next time; pass it as an argument',
  });
});

test('on another mode the step is the user’s own', () => {
  let calls = 0;
  const step = compile(tf, (x: Tensor) => (calls++, tf.square(x)), { mode: 'off' });
  const x = tf.scalar(3);
  for (let i = 0; i < 5; i++) expect(step(x).dataSync()[0]).toBe(9);
  expect(calls).toBe(5);
  expect(step.info()).toEqual([]);
});

const COMPILED: readonly [string, () => Loss][] = [
  [
    'a Fourier transform',
    () => (x, _y, base) => tf.add(base, tf.mean(tf.abs(tf.spectral.fft(tf.complex(x, tf.zerosLike(x)))))),
  ],
  [
    'a variable that is gone at the end of the step',
    () => (_x, _y, base) => {
      const fleeting = tf.variable(tf.scalar(0.5), false);
      const product = tf.mul<Scalar>(base, tf.add(fleeting, 0));
      fleeting.dispose();
      return product;
    },
  ],
  [
    'gather with indices made in the step',
    () => (x, _y, base) => tf.add(base, tf.mul(tf.mean(tf.gather(x, tf.range(0, 16, 1, 'int32'))), 0.1)),
  ],
  [
    'a seeded draw, the same every time',
    () => (x, _y, base) => tf.add(base, tf.mean(tf.mul(x, tf.randomUniform([32, 20], 0, 0.1, 'float32', 7)))),
  ],
  ['reading a constant of the step', () => (_x, _y, base) => tf.mul(base, tf.scalar(2).dataSync()[0]!)],
  [
    'depthwise convolution, resize, pad, split and tile',
    () => (x, _y, base) => {
      const image: Tensor4D = tf.reshape(x, [4, 8, 20, 1]);
      const filtered: Tensor4D = tf.depthwiseConv2d(image, tf.ones([3, 3, 1, 2]), 1, 'same');
      const padded = tf.pad(tf.image.resizeBilinear(filtered, [4, 10]), [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
      const [half] = tf.split(padded, 2, 3);
      return tf.add(base, tf.mul(tf.mean(tf.tile(half!, [1, 2, 1, 1])), 0.01));
    },
  ],
  [
    'einsum and a triangular mask',
    () => (x, _y, base) => {
      const gram = tf.einsum('ij,ik->jk', x, x);
      return tf.add(base, tf.mul(tf.mean(tf.linalg.bandPart(gram as never, -1, 0)), 1e-3));
    },
  ],
];

test.each(COMPILED)('%s is compiled', (_, makeLoss) => {
  expect(trial(makeLoss).info).toMatchObject({ state: 'compiled' });
});
