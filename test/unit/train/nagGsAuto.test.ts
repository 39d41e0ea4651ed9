import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/compile/compile';
import { arrays } from '../../../src/data/arrays';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { Random } from '../../../src/math/random';
import { largestSpectralRadius, optimalAlpha } from '../../../src/math/dynamics/nagGs';
import type { CustomModel, Experiment } from '../../../src/train/experiment';
import { optimizer } from '../../../src/train/optimizerLibrary';
import { createOptimizer } from '../../../src/train/optimizers/create';
import type { NagGsSettings } from '../../../src/train/optimizers/settings';
import { metricsOf, record } from './record';
import { spiralExperiment } from './spirals';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

/** Curvatures of the parabola below, and where it starts. */
const LAMBDAS = [0.1, 0.5, 2, 10];
const START = [1, -2, 1.5, 0.5];

/** Mean of n squared errors of n weights, each seen alone, with targets 0: ½ Σ λᵢwᵢ². */
function parabola(settings: Omit<NagGsSettings, 'name' | 'curvature'>, epochs: number): Experiment {
  const n = LAMBDAS.length;
  const x = LAMBDAS.map((lambda, i) => LAMBDAS.map((_, k) => (i === k ? Math.sqrt((n * lambda) / 2) : 0)));
  return {
    name: 'parabola',
    data: arrays({ name: 'parabola', train: { x, y: LAMBDAS.map(() => [0]) } }),
    model: (): CustomModel => {
      const weights = tf.variable(tf.tensor2d(START, [n, 1]));
      return { forward: (input) => tf.matMul(input, weights), variables: { weights } };
    },
    loss: 'meanSquaredError',
    optimizer: { name: 'nag-gs', curvature: 'auto', ...settings },
    batchSize: n,
    epochs,
    seed: 1,
    instruments: { preset: 'economy', every: 1 },
  };
}

/** Losses of the recurrence in float64. */
function losses(alpha: number, mu: number, steps: number): number[] {
  const [x, v] = [[...START], [...START]];
  return Array.from({ length: steps }, () => {
    const loss = LAMBDAS.reduce((sum, lambda, i) => sum + (lambda * x[i]! ** 2) / 2, 0);
    LAMBDAS.forEach((lambda, i) => {
      v[i] = (mu * v[i]! + alpha * mu * x[i]! - alpha * lambda * x[i]!) / (mu + alpha * mu);
      x[i] = x[i]! + (alpha / (1 + alpha)) * (v[i] - x[i]!);
    });
    return loss;
  });
}

/** Three clouds that a network tells apart, but hardly. */
function clouds(seed: number, epochs: number, checkpoints = false): Experiment {
  const random = new Random(11);
  const draw = () => {
    const y = Array.from({ length: 96 }, (_, i) => i % 3);
    const centre = (label: number) => [3 * Math.cos(2.1 * label), 3 * Math.sin(2.1 * label)];
    return { x: y.map((label) => centre(label).map((at) => at + random.normal())), y };
  };
  return {
    name: 'clouds',
    data: arrays({ name: 'clouds', classes: 3, train: draw() }),
    model: () =>
      tf.sequential({
        layers: [
          tf.layers.dense({ inputShape: [2], units: 16, activation: 'tanh' }),
          tf.layers.dense({ units: 3 }),
        ],
      }),
    loss: 'softmaxCrossEntropy',
    optimizer: { name: 'nag-gs', curvature: 'auto', measureEvery: 10 },
    batchSize: 32,
    epochs,
    seed,
    instruments: { preset: 'economy', every: 1 },
    checkpoints,
  };
}

function textsOf(events: Awaited<ReturnType<typeof record>>['events']): string[] {
  return events.flatMap((event) =>
    event.type === 'message' && event.text.startsWith('step ') ? [event.text] : [],
  );
}

describe('NAG-GS that follows the curvature', () => {
  it.each([
    ['a given μ', { mu: 0.1 }, 0.1],
    ['a condition number', { conditionNumber: 100 }, 0.1],
    ['a condition number over a μ', { mu: 3, conditionNumber: 25 }, 0.4],
  ] as const)('takes 0.9·α_c on a parabola, with %s', async (_name, settings, mu) => {
    const steps = 120;
    const { events } = await record({ tf, experiment: parabola(settings, steps) });
    const alpha = 0.9 * optimalAlpha(mu, 10, mu);
    const read = events.flatMap((event) => (event.type === 'instruments' ? [event.values] : []));
    expect(read).toHaveLength(steps);
    for (const values of read) {
      expect(values['nagGsAlpha']! / alpha).toBeCloseTo(1, 3);
      expect(values['nagGsMu']! / mu).toBeCloseTo(1, 3);
      expect(values['nagGsGamma']).toBe(values['nagGsMu']);
      expect(values['effectiveStep']! / (alpha / (2 * mu + alpha * mu))).toBeCloseTo(1, 3);
    }
    const expected = losses(alpha, mu, steps);
    const actual = metricsOf(events).flatMap(([, values]) => values['trainLoss'] ?? []);
    expect(actual).toHaveLength(steps);
    actual.forEach((loss, k) => expect(Math.abs(loss / expected[k]! - 1)).toBeLessThan(1e-3));
    // The loss falls by ρ² a step in the long run; the ends of the stretch are maxima over a period.
    const radius = largestSpectralRadius({ alpha, mu, gamma: mu }, { least: LAMBDAS[0]!, largest: 10 });
    const [from, to] = [Math.max(...actual.slice(40, 60)), Math.max(...actual.slice(100, 120))];
    expect(Math.abs((to / from) ** (1 / 120) / radius - 1)).toBeLessThan(0.015);
  });

  it('measures at 0, 1, 2, 4 … and every so many steps, and tells what it found', async () => {
    const { events } = await record({ tf, experiment: parabola({ mu: 0.1, measureEvery: 10 }, 31) });
    const texts = textsOf(events);
    expect(texts.map((text) => /^step (\d+): λmax 10: α 0\.2(00)?, γ = μ = 0\.1,/.exec(text)?.[1])).toEqual([
      '0',
      '1',
      '2',
      '4',
      '8',
      '10',
      '20',
      '30',
    ]);
    expect(texts[0]).toContain('η 0.278 and momentum 0.694');
  });

  it('reckons with 2μ where the largest curvature is below', async () => {
    const { events } = await record({ tf, experiment: parabola({ mu: 8 }, 60) });
    expect(textsOf(events)[0]).toMatch(
      /^step 0: λmax 10 is below 2μ = 16: α 4\.35, .*a smaller optimizer\.mu/,
    );
    const all = metricsOf(events).flatMap(([, values]) => values['trainLoss'] ?? []);
    expect(all.at(-1)!).toBeLessThan(all[0]! / 5);
  });

  it('keeps what it has where the loss bends downward or has no curvature at all', async () => {
    for (const sign of [-1, 0, NaN]) {
      const experiment: Experiment = {
        ...parabola({ alpha: 0.3, mu: 2, gamma: 2 }, 3),
        loss: (_target, prediction) => tf.mul(sign, tf.mean(tf.square(prediction))),
      };
      const { events } = await record({ tf, experiment });
      const read = events.flatMap((event) => (event.type === 'instruments' ? [event.values] : []));
      expect(read.map((values) => values['nagGsAlpha'])).toEqual([0.3, 0.3, 0.3]);
      const texts = textsOf(events);
      expect(texts).toHaveLength(3);
      for (const text of texts) expect(text).toMatch(/^step \d: λmax is (0|-\d\S*|NaN), .* α stays 0\.3$/);
    }
  });

  it.each([1, 4])('does not lengthen steps without end as classes are told apart, seed %i', async (seed) => {
    const { events } = await record({ tf, experiment: clouds(seed, 150) });
    const losses = metricsOf(events).flatMap(([, values]) => values['trainLoss'] ?? []);
    expect(losses).toHaveLength(450);
    expect(losses[0]).toBeGreaterThan(1);
    for (const loss of losses.slice(1)) expect(loss).toBeLessThan(losses[0]! / 4);
    for (const loss of losses.slice(20)) expect(loss).toBeLessThan(1e-3);
    const texts = textsOf(events);
    const measured = texts.map((text) => Number(/λmax ([^:,]+)/.exec(text)![1]));
    expect(measured.at(-1)!).toBeLessThan(measured[0]! / 1000);
    expect(texts.at(-1)).toMatch(/, half of the largest so far: /);
    const rates = events.flatMap((event) =>
      event.type === 'instruments' ? [event.values['learningRate']!] : [],
    );
    for (const rate of rates) expect(rate).toBeLessThan(2.01 * rates[0]!);
  });

  it('goes on with the same bits while it holds the curvature', async () => {
    const experiment = clouds(1, 20, true);
    const whole = await record({ tf, experiment });
    const half = await record({ tf, experiment, maxSteps: 31 });
    expect(textsOf(half.events).at(-1)).toContain('half of the largest so far');
    const rest = await record({ tf, experiment, resume: half.outputs });
    const lossesOf = ({ events }: typeof whole) =>
      metricsOf(events).flatMap(([step, { trainLoss }]) =>
        trainLoss === undefined ? [] : [[step, trainLoss]],
      );
    expect([...lossesOf(half), ...lossesOf(rest)]).toEqual(lossesOf(whole));
    expect([...textsOf(half.events), ...textsOf(rest.events)]).toEqual(textsOf(whole.events));
  });

  it.each([
    [{ updateGamma: true }, 'optimizer-contradiction'],
    [{ mu: 0 }, 'optimizer-unstable'],
  ] as const)('refuses %o', (settings, code) => {
    const build = () => createOptimizer(tf, { name: 'nag-gs', curvature: 'auto', ...settings }, []);
    expect(build).toThrow(expect.objectContaining({ code }));
  });

  it('leaves v where it is when the curvature changes', () => {
    const x = tf.variable(tf.tensor1d([1, -2]));
    const nagGs = createOptimizer(tf, { name: 'nag-gs', curvature: 'auto', mu: 0.5 }, [
      { name: 'x', variable: x },
    ]);
    let [position, velocity] = [
      [1, -2],
      [1, -2],
    ];
    [8, 8, 20, 20, 3, 3].forEach((largest, k) => {
      nagGs.iterations = k;
      nagGs.curvature!.follow(largest);
      tf.tidy(() => nagGs.step(tf.variableGrads(() => tf.sum(tf.square(x)), [x]).grads));
      const [mu, alpha] = [0.5, 0.9 * optimalAlpha(0.5, largest, 0.5)];
      velocity = velocity.map(
        (v, i) => (mu * v + alpha * mu * position[i]! - alpha * 2 * position[i]!) / (mu + alpha * mu),
      );
      position = position.map((w, i) => w + (alpha / (1 + alpha)) * (velocity[i]! - w));
      x.dataSync().forEach((w, i) => expect(Math.abs(w - position[i]!)).toBeLessThan(2e-6));
    });
    nagGs.dispose();
    x.dispose();
  });

  it('is the same compiled, with a constant number of tensors', async () => {
    const run = async (mode: 'off' | 'fused') => {
      const counts = new Set<number>();
      const { events, result } = await record({
        tf,
        experiment: {
          ...spiralExperiment(tf, { optimizer: { name: 'nag-gs', curvature: 'auto', measureEvery: 5 } }),
          model: () =>
            tf.sequential({
              layers: [
                tf.layers.dense({ inputShape: [2], units: 24, activation: 'tanh' }),
                tf.layers.dense({ units: 2 }),
              ],
            }),
          compile: mode,
        },
        until: (event) => {
          if (event.type === 'progress' && event.done > 0) counts.add(tf.memory().numTensors);
          return false;
        },
      });
      expect(counts.size).toBe(1);
      const how = events.flatMap((event) =>
        event.type === 'message' && /^(compiled|eager)/.test(event.text) ? [event.text] : [],
      );
      return { how, loss: result.final['testLoss']! };
    };
    const before = tf.memory().numTensors;
    const [eager, compiled] = [await run('off'), await run('fused')];
    expect(compiled.how).toEqual([expect.stringMatching(/^compiled \(fused\)/)]);
    expect(compiled.loss).toBeCloseTo(eager.loss, 2);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('setCurvature of an optimizer alone', () => {
  it('changes the step of a compiled program that is not compiled again', () => {
    const weight = tf.variable(tf.scalar(1));
    const alone = optimizer({ name: 'nag-gs', curvature: 'auto', mu: 1 }, { tf });
    const step = compile(tf, (x: Tensor): Scalar =>
      alone.minimize(() => tf.mul<Scalar>(0.5, tf.square(tf.mul(x, weight))), true, [weight])!,
    );
    let [w, v] = [1, 1];
    for (let k = 0; k < 30; k++) {
      const largest = k < 15 ? 9 : 30;
      if (k % 15 === 0) alone.setCurvature(largest);
      tf.tidy(() => step(tf.scalar(2)));
      const alpha = 0.9 * optimalAlpha(1, largest, 1);
      v = (v + alpha * w - alpha * 4 * w) / (1 + alpha);
      w += (alpha / (1 + alpha)) * (v - w);
      expect(Math.abs(weight.dataSync()[0]! - w)).toBeLessThan(1e-5);
      expect(alone.dynamics().nagGs!.alpha).toBeCloseTo(alpha, 6);
    }
    expect(step.info()).toEqual([expect.objectContaining({ state: 'compiled', steps: 30 })]);
    step.dispose();
    alone.dispose();
    weight.dispose();
  });

  it('is saved with the state, and refuses what it cannot follow', async () => {
    const [first, second] = [0, 1].map(() => optimizer({ name: 'nag-gs', curvature: 'auto' }, { tf }));
    first!.setCurvature(12.3);
    await second!.setWeights(await first!.getWeights());
    expect(second!.dynamics()).toEqual(first!.dynamics());
    expect(second!.dynamics().nagGs!.mu).toBeCloseTo(0.0123, 7);
    for (const wrong of [0, -1, NaN, Infinity]) {
      expect(() => first!.setCurvature(wrong)).toThrow(expect.objectContaining({ code: 'no-curvature' }));
    }
    const fixed = optimizer({ name: 'nag-gs' }, { tf });
    expect(() => fixed.setCurvature(1)).toThrow(expect.objectContaining({ code: 'curvature-not-followed' }));
  });
});
