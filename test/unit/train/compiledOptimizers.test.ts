import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { CompileMode } from '../../../src/protocol/compileMode';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { Random } from '../../../src/math/random';
import { createOptimizer } from '../../../src/train/optimizers/create';
import type { OptimizerSettings } from '../../../src/train/optimizers/settings';

const STEPS = 30;

const SETTINGS: readonly OptimizerSettings[] = [
  { name: 'sgd', learningRate: 0.1, weightDecay: 0.1 },
  { name: 'momentum', learningRate: 0.02, weightDecay: 0.1 },
  { name: 'momentum', learningRate: 0.02, nesterov: true },
  { name: 'adam', learningRate: 0.01 },
  { name: 'adamw', learningRate: 0.01, weightDecay: 0.3 },
  { name: 'lion', learningRate: 0.003, weightDecay: 0.3 },
  { name: 'nag-gs', weightDecay: 0.1 },
  { name: 'nag-gs', alpha: 0.2, gamma: 3, updateGamma: true },
  { name: 'schedule-free-adamw', learningRate: 0.01, weightDecay: 0.1 },
  { name: 'muon', learningRate: 0.01, weightDecay: 0.1 },
];

/** Weights after the steps, and what the steps said of themselves. */
interface Trained {
  readonly weights: readonly number[];
  readonly info: readonly object[];
  /** Tensors after each step. */
  readonly tensors: readonly number[];
}

describe('a compiled step', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('tensorflow'));
  });

  /** A small network on batches from a seed; its learning rate changes with the step. */
  function train(settings: OptimizerSettings, mode: CompileMode): Trained {
    const random = new Random(3);
    const draw = (...shape: number[]): Tensor =>
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
        shape,
      );
    const named = [
      { name: 'first', shape: [6, 8] },
      { name: 'bias', shape: [8] },
      { name: 'second', shape: [8, 3] },
    ].map(({ name, shape }) => ({ name, variable: tf.tidy(() => tf.variable(draw(...shape))) }));
    const variables = named.map(({ variable }) => variable);
    const optimizer = createOptimizer(tf, settings, named, { factor: (step) => 1 / (1 + step / 10) });
    const [first, bias, second] = variables;
    const descend = (x: Tensor, y: Tensor): Scalar =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () =>
            tf.losses.meanSquaredError(y, tf.matMul(tf.tanh(tf.add(tf.matMul(x, first!), bias!)), second!)),
          variables,
        );
        optimizer.step(grads);
        return value;
      });
    const step = compile(tf, descend, { mode, rehearse: true });
    const tensors: number[] = [];
    for (let k = 0; k < STEPS; k++) {
      const [x, y] = [draw(16, 6), draw(16, 3)];
      optimizer.iterations = k;
      tf.dispose([step(x, y), x, y]);
      tensors.push(tf.memory().numTensors);
    }
    const weights = variables.flatMap((variable) => Array.from(variable.dataSync()));
    const info = step.info();
    step.dispose();
    optimizer.dispose();
    tf.dispose(variables);
    return { weights, info, tensors };
  }

  it.each(SETTINGS)('moves weights as an eager one does, with %o', (settings) => {
    const before = tf.memory().numTensors;
    const eager = train(settings, 'off');
    for (const [mode, tolerance] of [
      ['exact', 1e-5],
      ['fused', 1e-4],
    ] as const) {
      const compiled = train(settings, mode);
      expect(compiled.info).toEqual([expect.objectContaining({ state: 'compiled', steps: STEPS })]);
      expect(new Set(compiled.tensors).size).toBe(1);
      compiled.weights.forEach((weight, i) =>
        expect(Math.abs(weight - eager.weights[i]!)).toBeLessThan(tolerance),
      );
    }
    expect(new Set(eager.tensors).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('of NAG-GS has the operations of momentum, so it costs the same', () => {
    const sizes = (['momentum', 'nag-gs'] as const).map((name) => {
      const [info] = train({ name, learningRate: 0.01, updateGamma: true }, 'fused').info;
      return info as { readonly operations: number; readonly nodes: number };
    });
    expect(sizes[0]!.operations).toBeGreaterThan(10);
    expect(sizes[1]).toMatchObject({ operations: sizes[0]!.operations, nodes: sizes[0]!.nodes });
  });
});
