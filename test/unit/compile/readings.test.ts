import type { Tensor, Variable } from '@tensorflow/tfjs';
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
