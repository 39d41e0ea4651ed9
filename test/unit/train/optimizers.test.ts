import { beforeAll, describe, expect, it } from 'vitest';
import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { createOptimizer } from '../../../src/train/optimizers/create';
import type { NamedVariable } from '../../../src/train/optimizers/optimizer';
import type { OptimizerSettings } from '../../../src/train/optimizers/settings';

/** f(a, b) = ½·(a₀² + 10·a₁²) − a₀ − a₁ + (b − 3)², over variables of different shapes. */
const START = { a: [3, -2], b: [0.5] };
const CURVATURE = { a: [1, 10], b: [2] };
const SLOPE_AT_ZERO = { a: [-1, -1], b: [-6] };

type Point = Record<'a' | 'b', number[]>;
type Update = (w: number, g: number, key: string, step: number) => number;

/** The same descent in float64, coordinate by coordinate. */
function reference(update: Update, steps: number): Point {
  const point: Point = { a: [...START.a], b: [...START.b] };
  for (let step = 1; step <= steps; step++) {
    for (const name of ['a', 'b'] as const) {
      point[name] = point[name].map((w, i) =>
        update(w, CURVATURE[name][i]! * w + SLOPE_AT_ZERO[name][i]!, `${name}${i}`, step),
      );
    }
  }
  return point;
}

function sgdReference(rate: number): Update {
  return (w, g) => w - rate * g;
}

function momentumReference(rate: number, mu: number, nesterov: boolean): Update {
  const velocity: Record<string, number> = {};
  return (w, g, key) => {
    const v = (velocity[key] = mu * (velocity[key] ?? 0) + g);
    return w - rate * (nesterov ? g + mu * v : v);
  };
}

function adamReference(rate: number, beta1: number, beta2: number, epsilon: number): Update {
  const mean: Record<string, number> = {};
  const square: Record<string, number> = {};
  return (w, g, key, step) => {
    const m = (mean[key] = beta1 * (mean[key] ?? 0) + (1 - beta1) * g);
    const v = (square[key] = beta2 * (square[key] ?? 0) + (1 - beta2) * g * g);
    return w - (rate * (m / (1 - beta1 ** step))) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
  };
}

function lionReference(rate: number, beta1: number, beta2: number): Update {
  const mean: Record<string, number> = {};
  return (w, g, key) => {
    const m = mean[key] ?? 0;
    mean[key] = beta2 * m + (1 - beta2) * g;
    return w - rate * Math.sign(beta1 * m + (1 - beta1) * g);
  };
}

function nagGsReference(alpha: number, mu: number, gamma0: number, updates: boolean): Update {
  const v: Record<string, number> = {};
  return (x, g, key, step) => {
    let gamma = gamma0;
    for (let k = 0; updates && k < step; k++) gamma = (gamma + alpha * mu) / (1 + alpha);
    const moved = (gamma * (v[key] ?? x) + alpha * mu * x - alpha * g) / (gamma + alpha * mu);
    v[key] = moved;
    return x + (alpha / (1 + alpha)) * (moved - x);
  };
}

/** `a` shrinks by `share` before each step, `b` does not. */
function decayed(share: number, update: Update): Update {
  return (w, g, key, step) => update(key.startsWith('a') ? (1 - share) * w : w, g, key, step);
}

interface Case {
  readonly settings: OptimizerSettings;
  readonly update: () => Update;
  /** TensorFlow.js's own, where it has one. */
  readonly stock?: (tf: TensorFlow) => tfjs.Optimizer;
}

const CASES: [string, Case][] = [
  [
    'sgd',
    {
      settings: { name: 'sgd', learningRate: 0.05 },
      update: () => sgdReference(0.05),
      stock: (tf) => tf.train.sgd(0.05),
    },
  ],
  [
    'momentum',
    {
      settings: { name: 'momentum', learningRate: 0.02, momentum: 0.8 },
      update: () => momentumReference(0.02, 0.8, false),
      stock: (tf) => tf.train.momentum(0.02, 0.8),
    },
  ],
  [
    'nesterov',
    {
      settings: { name: 'momentum', learningRate: 0.02, nesterov: true },
      update: () => momentumReference(0.02, 0.9, true),
      stock: (tf) => tf.train.momentum(0.02, 0.9, true),
    },
  ],
  [
    'adam',
    {
      settings: { name: 'adam', learningRate: 0.1 },
      update: () => adamReference(0.1, 0.9, 0.999, 1e-7),
      stock: (tf) => tf.train.adam(0.1),
    },
  ],
  [
    'adam with its own decays',
    {
      settings: { name: 'adam', learningRate: 0.1, beta1: 0.7, beta2: 0.95, epsilon: 0.01 },
      update: () => adamReference(0.1, 0.7, 0.95, 0.01),
      stock: (tf) => tf.train.adam(0.1, 0.7, 0.95, 0.01),
    },
  ],
  [
    'adamw',
    {
      settings: { name: 'adamw', learningRate: 0.1, weightDecay: 0.2, noDecay: ['b'] },
      update: () => decayed(0.02, adamReference(0.1, 0.9, 0.999, 1e-7)),
    },
  ],
  [
    'adamw that decays all',
    {
      settings: { name: 'adamw', learningRate: 0.1, noDecay: [] },
      update: () => {
        const adam = adamReference(0.1, 0.9, 0.999, 1e-7);
        return (w, g, key, step) => adam(0.999 * w, g, key, step);
      },
    },
  ],
  [
    'adamw that decays no variable of one axis',
    {
      settings: { name: 'adamw', learningRate: 0.1, weightDecay: 0.5 },
      update: () => adamReference(0.1, 0.9, 0.999, 1e-7),
      stock: (tf) => tf.train.adam(0.1),
    },
  ],
  [
    'momentum with decay',
    {
      settings: { name: 'momentum', learningRate: 0.02, weightDecay: 0.5, noDecay: ['b'] },
      update: () => decayed(0.01, momentumReference(0.02, 0.9, false)),
    },
  ],
  [
    'sgd with decay',
    {
      settings: { name: 'sgd', learningRate: 0.05, weightDecay: 0.5, noDecay: ['b'] },
      update: () => decayed(0.025, sgdReference(0.05)),
    },
  ],
  [
    'lion',
    {
      settings: { name: 'lion', learningRate: 0.01, beta1: 0.8, beta2: 0.95 },
      update: () => lionReference(0.01, 0.8, 0.95),
    },
  ],
  ['nag-gs', { settings: { name: 'nag-gs', mu: 0.5 }, update: () => nagGsReference(0.1, 0.5, 1, false) }],
  [
    'nag-gs with μ = 0',
    { settings: { name: 'nag-gs', mu: 0, gamma: 2 }, update: () => nagGsReference(0.1, 0, 2, false) },
  ],
  [
    'nag-gs with an updated γ',
    {
      settings: { name: 'nag-gs', alpha: 0.2, mu: 0.8, gamma: 3, updateGamma: true },
      update: () => nagGsReference(0.2, 0.8, 3, true),
    },
  ],
];

const STEPS = 60;

describe('optimizers', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  function variables(): NamedVariable[] {
    return (['a', 'b'] as const).map((name) => ({ name, variable: tf.variable(tf.tensor(START[name])) }));
  }

  function gradients(named: readonly NamedVariable[]): tfjs.NamedTensorMap {
    const objective = (): tfjs.Scalar =>
      named.reduce<tfjs.Scalar>((sum, { name, variable }) => {
        const key = name as 'a' | 'b';
        const bowl = tf.mul(0.5, tf.mul(tf.tensor(CURVATURE[key]), tf.square(variable)));
        return tf.add(sum, tf.sum(tf.add(bowl, tf.mul(tf.tensor(SLOPE_AT_ZERO[key]), variable))));
      }, tf.scalar(0));
    return tf.tidy(
      () =>
        tf.variableGrads(
          objective,
          named.map(({ variable }) => variable),
        ).grads,
    );
  }

  function descend(apply: (grads: tfjs.NamedTensorMap) => void, named: readonly NamedVariable[]): Point {
    for (let step = 0; step < STEPS; step++) {
      const grads = gradients(named);
      apply(grads);
      tf.dispose(grads);
    }
    return Object.fromEntries(
      named.map(({ name, variable }) => [name, Array.from(variable.dataSync())]),
    ) as Point;
  }

  function expectClose(actual: Point, expected: Point): void {
    for (const name of ['a', 'b'] as const) {
      actual[name].forEach((w, i) => expect(Math.abs(w - expected[name][i]!)).toBeLessThan(2e-5));
    }
  }

  it.each(CASES)('%s agrees with float64 and with TensorFlow.js', (_name, { settings, update, stock }) => {
    const named = variables();
    const before = tf.memory().numTensors;
    const optimizer = createOptimizer(tf, settings, named);
    const ours = descend((grads) => {
      optimizer.step(grads);
      optimizer.iterations++;
    }, named);
    expectClose(ours, reference(update(), STEPS));
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);

    if (stock === undefined) return;
    const others = variables();
    const stockOptimizer = stock(tf);
    expectClose(
      ours,
      descend((grads) => stockOptimizer.applyGradients(grads), others),
    );
  });

  it('keeps the state of a variable by its name, whatever the order of the gradients', () => {
    const named = variables();
    const optimizer = createOptimizer(tf, { name: 'adam', learningRate: 0.1 }, named);
    let turn = 0;
    const point = descend((grads) => {
      const entries = Object.entries(grads);
      optimizer.step(Object.fromEntries(turn++ % 2 === 0 ? entries : entries.reverse()));
      optimizer.iterations++;
    }, named);
    expectClose(point, reference(adamReference(0.1, 0.9, 0.999, 1e-7), STEPS));
    expect(optimizer.state.map(({ name }) => name)).toEqual(['mean/a', 'mean/b', 'square/a', 'square/b']);
  });

  it('leaves a variable without a gradient where it is', () => {
    const named = variables();
    const optimizer = createOptimizer(tf, { name: 'momentum', learningRate: 0.1 }, named);
    const { [named[0]!.variable.name]: onlyA } = gradients(named);
    optimizer.step({ [named[0]!.variable.name]: onlyA! });
    expect(Array.from(named[1]!.variable.dataSync())).toEqual(START.b);
    expect(Array.from(named[0]!.variable.dataSync())).not.toEqual(START.a);
  });

  it('refuses a γ that shrinks to nothing', () => {
    const settings = { name: 'nag-gs', mu: 0, updateGamma: true } as const;
    expect(() => createOptimizer(tf, settings, variables())).toThrow(
      expect.objectContaining({ code: 'optimizer-unstable' }),
    );
  });

  it.each<[number, OptimizerSettings]>([
    [0, { name: 'sgd', learningRate: 0.05 }],
    [0.9, { name: 'momentum', learningRate: 0.05 }],
    [0.8, { name: 'momentum', learningRate: 0.05, momentum: 0.8, nesterov: true }],
    [0.9, { name: 'adam', learningRate: 0.05 }],
    [0.7, { name: 'adamw', learningRate: 0.05, beta1: 0.7 }],
    [0.99, { name: 'lion', learningRate: 0.05 }],
    [1 / 1.21, { name: 'nag-gs' }],
    [1 / 1.21, { name: 'nag-gs', gamma: 3, updateGamma: true }],
  ])('says how far a lasting gradient moves a weight (β = %d, %o)', (momentum, settings) => {
    const weight = { name: 'weight', variable: tf.variable(tf.scalar(0)) };
    const optimizer = createOptimizer(tf, settings, [weight]);
    const grads = { [weight.variable.name]: tf.scalar(1) };
    const at = (): number => weight.variable.dataSync()[0]!;
    let before = 0;
    for (let step = 0; step < 300; step++) {
      before = at();
      optimizer.step(grads);
      optimizer.iterations++;
    }
    const dynamics = optimizer.dynamics();
    expect((before - at()) / dynamics.effectiveStep).toBeCloseTo(1, 3);
    expect(dynamics.momentum).toBeCloseTo(momentum, 8);
  });
});
