import type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { CompileMode } from '../../../src/protocol/compileMode';
import { nodeBackend } from '../../../src/compile/node/backend';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { normal, labels, twoLayers } from './cases';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

interface Trainer {
  readonly parameters: Variable[];
  readonly optimizer: Optimizer & { learningRate: number };
  readonly step: (x: Tensor, y: Tensor) => Tensor;
}

/** Trains eagerly and compiled, with something done between steps, and compares losses and weights. */
function together(
  meddle: (trainer: Trainer, i: number) => void,
  { steps = 14, batch }: { steps?: number; batch?: (i: number) => Tensor[] } = {},
) {
  const run = (mode: CompileMode) => {
    const { parameters, loss, batch: usual } = twoLayers(tf);
    const optimizer = tf.train.adam(1e-2) as unknown as Trainer['optimizer'];
    const step = compile(
      tf,
      (x: Tensor, y: Tensor) => optimizer.minimize(() => loss(x, y), true, parameters)!,
      { mode },
    );
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) {
      meddle({ parameters, optimizer, step }, i);
      const [x, y] = (batch ?? usual)(i) as [Tensor, Tensor];
      losses.push(step(x, y).dataSync()[0]!);
    }
    const info = step.info();
    const weights = parameters.flatMap((variable) => [...variable.dataSync()]);
    step.dispose();
    expect(parameters.flatMap((variable) => [...variable.dataSync()])).toEqual(weights);
    return { losses, weights, info };
  };
  const eager = run('off');
  const compiled = run('fused');
  compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i]!, 4));
  compiled.weights.forEach((weight, i) => expect(weight).toBeCloseTo(eager.weights[i]!, 3));
  return compiled.info;
}

describe('between compiled steps', () => {
  test('a weight that is read is the trained one', () => {
    const seen: number[] = [];
    const [info] = together(({ parameters }) => void seen.push(parameters[0]!.dataSync()[0]!));
    expect(info).toMatchObject({ state: 'compiled' });
    const [eager, compiled] = [seen.slice(0, 14), seen.slice(14)];
    compiled.forEach((value, i) => expect(value).toBeCloseTo(eager[i]!, 4));
    expect(new Set(compiled).size).toBe(14);
  });

  test('a clone stays what it was', () => {
    const snapshots: { clone: Tensor; values: Float32Array }[] = [];
    together(({ parameters }, i) => {
      if (i % 5 !== 4) return;
      const clone = parameters[0]!.clone();
      snapshots.push({ clone, values: clone.dataSync().slice() as Float32Array });
    });
    for (const { clone, values } of snapshots) expect(clone.dataSync()).toEqual(values);
  });

  test('a clone that nobody has read yet stays what it was', () => {
    const pairs: { clone: Tensor; copy: Tensor }[] = [];
    together(({ parameters }, i) => {
      if (i === 9) pairs.push({ clone: parameters[0]!.clone(), copy: tf.mul(parameters[0]!, 1) });
    });
    for (const { clone, copy } of pairs) expect(clone.dataSync()).toEqual(copy.dataSync());
  });

  test('an assignment wins', () => {
    together(({ parameters }, i) => {
      if (i === 8) tf.tidy(() => parameters[1]!.assign(tf.fill([16], 0.25)));
    });
  });

  test('weights can be used by other code', () => {
    const outputs: number[] = [];
    together(({ parameters }) => {
      outputs.push(tf.tidy(() => tf.sum(tf.matMul(tf.ones([1, 20]), parameters[0]!)).dataSync()[0]!));
    });
    expect(outputs[20]).toBeCloseTo(outputs[6]!, 3);
  });

  test('a learning rate follows its schedule', () => {
    const [info] = together(({ optimizer }, i) => {
      optimizer.learningRate = 1e-2 / (1 + i);
    });
    expect(info).toMatchObject({ state: 'compiled' });
  });

  test('a smaller last batch has a program of its own', () => {
    const small = [normal(tf, [17, 20], 70), labels(tf, 17, 5, 71)];
    const { batch } = twoLayers(tf);
    const info = together(() => undefined, { steps: 24, batch: (i) => (i % 4 === 3 ? small : batch(i)) });
    expect(info.map(({ state }) => state)).toEqual(['compiled', 'compiled']);
  });

  test('the optimizer can go on eagerly', () => {
    const { loss, batch } = twoLayers(tf);
    let extra = 0;
    together(({ parameters, optimizer }, i) => {
      if (i !== 8) return;
      // Not the loss of these parameters, but of others: only the optimizer's state matters.
      const [x, y] = batch(i) as [Tensor, Tensor];
      const shift = tf.variable(tf.zeros([20]));
      optimizer.minimize(() => tf.sum<Scalar>(tf.mul(parameters[0]!, 0.01)), false, parameters);
      extra += loss(tf.add(x, shift), y).dataSync()[0]!;
    });
    expect(extra).toBeGreaterThan(0);
  });

  test('a weight can be an argument of the step that moves it', () => {
    const run = (mode: CompileMode): number[][] => {
      const weight = tf.variable(normal(tf, [4], 1));
      const optimizer = tf.train.adam(0.1);
      const step = compile(
        tf,
        (x: Tensor) =>
          optimizer.minimize(() => tf.sum<Scalar>(tf.square(tf.sub(weight, tf.mul(x, 2)))), true, [weight])!,
        { mode },
      );
      return Array.from({ length: 12 }, (_, i) => {
        step(i % 5 === 4 ? weight : normal(tf, [4], 10 + i)).dispose();
        return Array.from(weight.dataSync());
      });
    };
    const [eager, compiled] = [run('off'), run('fused')];
    compiled.flat().forEach((value, i) => expect(value).toBeCloseTo(eager.flat()[i]!, 4));
  });

  test('two compiled steps share variables', () => {
    const run = (mode: CompileMode) => {
      const { parameters, loss, batch } = twoLayers(tf);
      const steps = [tf.train.adam(1e-2), tf.train.sgd(0.05)].map((optimizer) =>
        compile(
          tf,
          (x: Tensor, y: Tensor) => (optimizer as Optimizer).minimize(() => loss(x, y), true, parameters)!,
          {
            mode,
          },
        ),
      );
      return Array.from({ length: 20 }, (_, i) => {
        const [x, y] = batch(i) as [Tensor, Tensor];
        return steps[Math.floor(i / 2) % 2]!(x, y).dataSync()[0]!;
      });
    };
    const [eager, compiled] = [run('off'), run('fused')];
    compiled.forEach((loss, i) => expect(loss).toBeCloseTo(eager[i]!, 4));
  });
});

describe('a step that rehearses', () => {
  /** Trains from a seeded `Math.random`, with dropout, and returns all losses. */
  function losses(steps: number, resumeAt?: number): number[] {
    const values: number[] = [];
    const { parameters, batch } = twoLayers(tf);
    const [w1, b1, w2] = parameters as [Variable, Variable, Variable];
    const train = () =>
      compile(
        tf,
        (x: Tensor, y: Tensor) =>
          tf.tidy(() => {
            const loss = () => {
              const hidden = tf.dropout(tf.relu(tf.add(tf.matMul(x, w1), b1)), 0.5);
              return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, tf.matMul(hidden, w2));
            };
            const { value, grads } = tf.variableGrads(loss, [w1, b1, w2]);
            for (const variable of [w1, b1, w2]) {
              variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1)));
            }
            return value;
          }),
        { rehearse: true },
      );
    let step = train();
    const original = Math.random;
    try {
      for (let i = 0; i < steps; i++) {
        if (i === resumeAt) {
          step.dispose();
          step = train();
        }
        let state = 12345 + i;
        Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647;
        const [x, y] = batch(i) as [Tensor, Tensor];
        values.push(step(x, y).dataSync()[0]!);
      }
    } finally {
      Math.random = original;
    }
    expect(step.info()[0]).toMatchObject({ state: 'compiled' });
    return values;
  }

  test('gives the same bits again, and after a new beginning', () => {
    const first = losses(12);
    expect(losses(12)).toEqual(first);
    expect(losses(12, 5)).toEqual(first);
    expect(new Set(first).size).toBe(12);
  });
});

describe('mutations', () => {
  /** Steps of which a busy machine needs many until an audit is paid for. */
  const MOST = 20_000;

  /** Trains with a loss whose JavaScript changes at a step, and says after how many steps that is noticed. */
  function noticed(change: (k: number) => (base: Tensor) => Tensor): number {
    // Large enough that a hundredth of its time soon pays for an audit.
    const weights = tf.variable(normal(tf, [512, 512], 1, 0.01));
    const x = normal(tf, [256, 512], 2);
    const changesAt = 6;
    let k = 0;
    const optimizer = tf.train.sgd(1e-3);
    const step = compile(tf, (batch: Tensor) =>
      optimizer.minimize(() => change(k)(tf.mean(tf.square(tf.matMul(batch, weights)))) as never, true, [
        weights,
      ])!,
    );
    for (let i = 0; i < MOST; i++) {
      k = i >= changesAt ? 1 : 0;
      step(x).dispose();
      if (i > changesAt && step.info()[0]!.state !== 'compiled') return i - changesAt;
    }
    return Infinity;
  }

  const scalars = new Map<number, Tensor>();
  const scale = (k: number): Tensor => {
    if (!scalars.has(k)) scalars.set(k, tf.keep(tf.scalar(k === 0 ? 0.7 : 0.3)));
    return scalars.get(k)!;
  };
  test.each([
    ['a branch', (k: number) => (base: Tensor) => (k === 0 ? base : tf.mul(base, 0.5))],
    ['a scalar', (k: number) => (base: Tensor) => tf.mul(base, k === 0 ? 0.7 : 0.3)],
    ['a shape', (k: number) => (base: Tensor) => tf.mean(tf.mul(tf.ones([k + 2]), base))],
    ['a tensor from outside', (k: number) => (base: Tensor) => tf.mul(base, scale(k))],
  ])('%s that changes later is found by an audit', (_, change) => {
    expect(noticed(change)).toBeLessThan(MOST);
  });

  test('a value that changes again and again makes the step eager, and its session is freed', () => {
    const { binding } = nodeBackend(tf)!;
    const sessions = binding.getNumOfSavedModels();
    const weight = tf.variable(normal(tf, [20], 1));
    const x = normal(tf, [20], 2);
    const optimizer = tf.train.sgd(1e-3);
    let runs = 0;
    // Two recordings agree, and the audit that follows does not.
    const step = compile(tf, (input: Tensor) =>
      optimizer.minimize(
        () => tf.mul<Scalar>(tf.sum(tf.mul(input, weight)), 1 + Math.floor(runs++ / 2)),
        true,
        [weight],
      )!,
    );
    for (let i = 0; i < 20; i++) step(x).dispose();
    expect(step.info()[0]).toMatchObject({
      state: 'eager',
      reason: 'a value made by JavaScript has changed',
      steps: 20,
    });
    expect(binding.getNumOfSavedModels()).toBe(sessions);
    step.dispose();
  });
});

test('ten thousand steps leave no handle and no session behind', () => {
  const { binding } = nodeBackend(tf)!;
  const { parameters, loss, batch } = twoLayers(tf);
  const optimizer = tf.train.sgd(1e-3);
  const sessions = binding.getNumOfSavedModels();
  const step = compile(tf, (x: Tensor, y: Tensor) => optimizer.minimize(() => loss(x, y), true, parameters)!);
  const counts: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    const [x, y] = batch(i) as [Tensor, Tensor];
    step(x, y).dispose();
    if (i === 100 || i === 9999) counts.push(binding.getNumOfTensors(), tf.memory().numTensors);
  }
  expect(counts.slice(2)).toEqual(counts.slice(0, 2));
  expect(step.info()[0]).toMatchObject({ state: 'compiled', steps: 10_000 });
  step.dispose();
  expect(binding.getNumOfSavedModels()).toBe(sessions);
});

test('signatures are bounded in number', () => {
  const { binding } = nodeBackend(tf)!;
  const { parameters, loss } = twoLayers(tf);
  const optimizer = tf.train.sgd(1e-3);
  const sessions = binding.getNumOfSavedModels();
  const step = compile(tf, (x: Tensor, y: Tensor) => optimizer.minimize(() => loss(x, y), true, parameters)!);
  for (let size = 2; size < 13; size++) {
    const [x, y] = [normal(tf, [size, 20], size), labels(tf, size, 5, size)];
    for (let i = 0; i < 3; i++) step(x, y).dispose();
  }
  expect(step.info()).toHaveLength(8);
  expect(binding.getNumOfSavedModels()).toBe(sessions + 8);
  step.dispose();
  expect(binding.getNumOfSavedModels()).toBe(sessions);
});

test('of more shapes than are kept, the one that is used most stays compiled, and the rest ends eager', () => {
  const { binding } = nodeBackend(tf)!;
  const { parameters, loss } = twoLayers(tf);
  const optimizer = tf.train.sgd(1e-3);
  const sessions = binding.getNumOfSavedModels();
  const step = compile(tf, (x: Tensor, y: Tensor) => optimizer.minimize(() => loss(x, y), true, parameters)!);
  const batchOf = (size: number): [Tensor, Tensor] => [
    normal(tf, [size, 20], size),
    labels(tf, size, 5, size),
  ];
  const usual = batchOf(32);
  const infoOf = (size: number) => step.info().find(({ signature }) => signature.includes(`[${size}, 20]`));
  for (let round = 0; round < 6; round++) {
    for (let size = 2; size < 14; size++) {
      for (const batch of [usual, batchOf(size)]) step(...batch).dispose();
    }
  }
  expect(infoOf(32)).toMatchObject({ state: 'compiled', steps: 72 });
  expect(binding.getNumOfSavedModels()).toBe(sessions + 8);
  const states = Array.from({ length: 12 }, (_, i) => infoOf(i + 2));
  const eager = states.filter((info) => info?.state === 'eager');
  expect(eager.length).toBeGreaterThan(0);
  expect(eager[0]!.reason).toBe('batches have more than 8 shapes');
  step.dispose();
  expect(binding.getNumOfSavedModels()).toBe(sessions);
});

test('shapes that come once are forgotten', () => {
  const step = compile(tf, (x: Tensor) => tf.square(x));
  for (let size = 1; size <= 200; size++) step(tf.ones([size])).dispose();
  expect(step.info()).toHaveLength(64);
  expect(step.info().at(-1)!.signature).toBe('float32 [200]');
});

test('what guards took is told by their parts, without what compiling needs', () => {
  const { parameters, loss, batch } = twoLayers(tf);
  const optimizer = tf.train.sgd(0.1);
  const step = compile(tf, (x: Tensor, y: Tensor) => optimizer.minimize(() => loss(x, y), true, parameters)!);
  const infoAfter = (steps: number) => {
    for (let i = 0; i < steps; i++) {
      const [x, y] = batch(i) as [Tensor, Tensor];
      step(x, y).dispose();
    }
    return step.info()[0]!;
  };
  expect(infoAfter(1).guardMs).toEqual({ recordings: 0, shadowCheck: 0, audits: 0 });
  const recorded = infoAfter(1);
  expect(recorded).toMatchObject({ state: 'compiled', audits: 0, guardMs: { audits: 0 } });
  expect(recorded.guardMs.recordings).toBeGreaterThan(0);
  expect(recorded.guardMs.shadowCheck).toBeGreaterThan(0);
  expect(recorded.guardMs.shadowCheck).toBeLessThan(recorded.compileMs);
  const audited = infoAfter(2);
  expect(audited.audits).toBe(1);
  expect(audited.guardMs).toMatchObject({ ...recorded.guardMs, audits: expect.any(Number) as number });
  expect(audited.guardMs.audits).toBeGreaterThan(0);
  step.dispose();
  tf.dispose(parameters);
});
