import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { normal, twoLayers } from './cases';

const STEPS = 12;
let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

type Loss = (x: Tensor, y: Tensor, base: Scalar) => Scalar;

/** Trains `twoLayers` with an addition to its loss, eagerly and compiled; both must go the same way. */
function trial(makeLoss: () => Loss) {
  const run = (mode: 'off' | 'fused') => {
    const { parameters, loss, batch } = twoLayers(tf);
    const addition = makeLoss();
    const optimizer = tf.train.adam(1e-2);
    const step = compile(
      tf,
      (x: Tensor, y: Tensor) => optimizer.minimize(() => addition(x, y, loss(x, y)), true, parameters)!,
      { mode },
    );
    const losses = Array.from({ length: STEPS }, (_, i) => {
      const [x, y] = batch(i) as [Tensor, Tensor];
      const value = step(x, y);
      const [number] = value.dataSync();
      value.dispose();
      return number!;
    });
    const [info] = step.info();
    step.dispose();
    tf.dispose(parameters);
    return { losses, info };
  };
  const eager = run('off');
  const compiled = run('fused');
  compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i]!, 4));
  return compiled.info!;
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
  const info = trial(makeLoss);
  expect(info.state).toBe('eager');
  expect(info.reason).toMatch(reason);
});

test('an asynchronous step runs as it is', async () => {
  const step = compile(tf, async (x: Tensor) => {
    const mask = await tf.booleanMaskAsync(x, tf.greater(x, 0));
    return tf.sum(mask);
  });
  const x = tf.tensor1d([1, -2, 3]);
  for (let i = 0; i < 4; i++) expect((await step(x)).dataSync()[0]).toBe(4);
  expect(step.info()[0]).toMatchObject({ state: 'eager', reason: 'the step is asynchronous' });
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
  expect(step.info()[0]!.state).toBe('eager');
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
  expect(trial(makeLoss)).toMatchObject({ state: 'compiled' });
});
