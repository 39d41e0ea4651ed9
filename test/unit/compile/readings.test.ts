import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileReadable } from '../../../src/compile/compile';
import type { CompileMode } from '../../../src/protocol/compileMode';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { createOptimizer } from '../../../src/train/optimizers/create';
import { twoLayers } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

interface Log {
  readonly losses: number[];
  readonly readings: number[][];
  readonly weights: number[];
  /** For each time that the step's code ran: whether readings were wanted. */
  readonly wanted: boolean[];
  readonly state: string | undefined;
}

const STEPS = 12;

/** Trains two layers and reads norms of gradients and of updates at the steps that `isRead` names. */
function train(
  isRead: (i: number) => boolean,
  { mode = 'fused', rehearse = false }: { mode?: CompileMode; rehearse?: boolean } = {},
): Log {
  const { parameters, loss, batch } = twoLayers(tf);
  const named = parameters.map((variable, i) => ({ name: `parameter${i}`, variable }));
  const optimizer = createOptimizer(tf, { name: 'adam', learningRate: 1e-2 }, named);
  const wanted: boolean[] = [];
  const step = compileReadable(
    tf,
    (wantsReadings: boolean, x: Tensor, y: Tensor) =>
      tf.tidy(() => {
        wanted.push(wantsReadings);
        const { value, grads } = tf.variableGrads(() => loss(x, y), parameters);
        const before = parameters.map((variable) => tf.clone(variable));
        optimizer.step(grads);
        const norm = (tensor: Tensor): Tensor => tf.norm(tensor);
        // Named in the other order than the type does: the value is fetched by itself all the same.
        return {
          readings: wantsReadings
            ? {
                gradients: parameters.map(({ name }) => norm(grads[name]!)),
                updates: parameters.map((variable, i) => norm(tf.sub(variable, before[i]!))),
              }
            : undefined,
          value,
        };
      }),
    { mode, rehearse },
  );
  const log = { losses: [] as number[], readings: [] as number[][] };
  for (let i = 0; i < STEPS; i++) {
    optimizer.iterations = i;
    const [x, y] = batch(i) as [Tensor, Tensor];
    if (isRead(i)) {
      const { value, readings } = step.read(x, y);
      log.losses.push(value.dataSync()[0]!);
      const { gradients, updates } = readings;
      log.readings.push([...gradients, ...updates].map((norm) => norm.dataSync()[0]!));
      tf.dispose([value, ...gradients, ...updates]);
    } else {
      const value = step(x, y);
      log.losses.push(value.dataSync()[0]!);
      value.dispose();
    }
  }
  const state = step.info()[0]?.state;
  step.dispose();
  const weights = valuesOf(parameters);
  tf.dispose(parameters);
  optimizer.dispose();
  return { ...log, weights, wanted, state };
}

const valuesOf = (parameters: readonly Variable[]): number[] =>
  parameters.flatMap((variable) => [...variable.dataSync()]);

describe('readings of a compiled step', () => {
  test.each([true, false])('do not change what the step does by a bit (rehearsed: %s)', (rehearse) => {
    const never = train(() => false, { rehearse });
    expect(never.state).toBe('compiled');
    for (const isRead of [() => true, (i: number) => i % 3 === 1]) {
      const read = train(isRead, { rehearse });
      expect(read.losses).toEqual(never.losses);
      expect(read.weights).toEqual(never.weights);
    }
  });

  test('are those of the step as it is', () => {
    const compiled = train((i) => i % 2 === 1, { rehearse: true });
    const eager = train((i) => i % 2 === 1, { mode: 'off' });
    expect(compiled.state).toBe('compiled');
    expect(compiled.readings.length).toBe(STEPS / 2);
    compiled.readings.forEach((norms, i) =>
      norms.forEach((norm, k) => {
        expect(norm).toBeGreaterThan(0);
        expect(Math.abs(norm / eager.readings[i]![k]! - 1)).toBeLessThan(1e-3);
      }),
    );
  });

  test('are wanted of an eager step where they are read, and only there', () => {
    const { wanted } = train((i) => i === 4, { mode: 'off' });
    expect(wanted).toEqual(Array.from({ length: STEPS }, (_, i) => i === 4));
  });

  test('leave no tensor behind', () => {
    const left = (isRead: (i: number) => boolean, rehearse: boolean): number => {
      const before = tf.memory().numTensors;
      train(isRead, { rehearse });
      return tf.memory().numTensors - before;
    };
    for (const rehearse of [true, false]) {
      // `twoLayers` keeps batches and the tensors that its parameters were made of.
      expect(left((i) => i % 2 === 0, rehearse)).toBe(left(() => false, rehearse));
    }
  });
});

test('readings do not change a bit of a step whose tensors are large enough for loops', () => {
  const [batch, width] = [256, 384];
  const gelu = (x: Tensor): Tensor =>
    tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(tf.mul(0.8, tf.add(x, tf.pow(x, 3))))));
  const trained = (isRead: (i: number) => boolean) => {
    const weights = [1, 2].map((seed) =>
      tf.variable(tf.randomNormal([width, width], 0, 0.05, 'float32', seed)),
    );
    const named = weights.map((variable, i) => ({ name: `weight${i}`, variable }));
    const optimizer = createOptimizer(tf, { name: 'adam', learningRate: 1e-3 }, named);
    const step = compileReadable(
      tf,
      (wantsReadings: boolean, x: Tensor) =>
        tf.tidy(() => {
          const loss = (): Scalar =>
            tf.mean<Scalar>(tf.square(weights.reduce((h, w) => gelu(tf.matMul(h, w)), x)));
          const { value, grads } = tf.variableGrads(loss, weights);
          optimizer.step(grads);
          const gradients = Object.values(grads);
          // Long chains on what the step's own loops make, so that they could be drawn into them.
          const readings = wantsReadings
            ? gradients.map((gradient) => tf.sum(gelu(gelu(gradient))))
            : undefined;
          return { value, readings };
        }),
      { rehearse: true },
    );
    const losses: number[] = [];
    const inputs = Array.from({ length: 8 }, (_, i) =>
      tf.randomNormal([batch, width], 0, 1, 'float32', 10 + i),
    );
    const program = step.print(inputs[0]!);
    inputs.forEach((x, i) => {
      optimizer.iterations = i;
      losses.push((isRead(i) ? step.read(x).value : step(x)).dataSync()[0]!);
    });
    const [info] = step.info();
    step.dispose();
    return { losses, weights: weights.map((weight) => weight.dataSync()), info, program };
  };
  const never = trained(() => false);
  expect(never.program).toMatch(/loop/);
  expect(never.info).toMatchObject({ state: 'compiled' });
  for (const isRead of [() => true, (i: number) => i % 3 === 1]) {
    const read = trained(isRead);
    expect(read.losses).toEqual(never.losses);
    expect(read.weights).toEqual(never.weights);
  }
});
