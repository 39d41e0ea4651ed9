import { expect, test } from 'vitest';
import { defineExperiment } from '../../../src/train/experiment';
import { applyOverrides } from '../../../src/train/settings';
import { OPTIMIZERS } from '../../../webview/launcher/optimizers';
import { DECAYS, TRAIN_SETTINGS } from '../../../webview/launcher/trainSettings';

const experiment = defineExperiment({
  name: 'any',
  data: { source: 'mnist' },
  model: () => {
    throw new Error('never built');
  },
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 1,
  epochs: 1,
  seed: 1,
});

test.each(Object.entries(OPTIMIZERS))(
  'the trainer takes every parameter of %s',
  (choice, { parameters, settings }) => {
    const { name = choice } = settings ?? {};
    const values = Object.fromEntries(
      parameters.map(({ key }) => [key, key === 'conditionNumber' ? 50 : 0.5]),
    );
    const overrides = Object.fromEntries(
      Object.entries({ ...settings, ...values }).map(([key, value]) => [`optimizer.${key}`, value]),
    );
    const { optimizer } = applyOverrides(experiment, { 'optimizer.name': name, ...overrides });
    const kept = name === 'nag-gs' ? {} : { learningRate: 0.1 };
    expect(optimizer).toEqual({ name, ...kept, ...settings, ...values });
  },
);

/** What a setting needs beside it. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  'optimizer.measureEvery': { 'optimizer.name': 'nag-gs', 'optimizer.curvature': 'auto' },
  'lastLayer.pull': { 'lastLayer.learningRate': 0.1 },
};

test.each(TRAIN_SETTINGS)('the trainer takes $path', ({ path, read }) => {
  const value = read(path === 'averageWeights' || path === 'schedule.to' ? '0.5' : '2');
  const needed = NEEDED[path] ?? {};
  expect(applyOverrides(experiment, { ...needed, [path]: value! })).not.toEqual(
    applyOverrides(experiment, needed),
  );
});

test.each(Object.keys(DECAYS))('the trainer takes a rate that falls by %s', (decay) => {
  const { schedule } = applyOverrides(experiment, { 'schedule.decay': decay, 'schedule.at': '5,10' });
  expect(schedule).toEqual({ decay, at: [5, 10] });
});

test('the trainer knows no other optimizer', () => {
  const other = () => applyOverrides(experiment, { 'optimizer.name': 'other' });
  expect(other).toThrow(
    expect.objectContaining({
      remedy: expect.stringContaining(
        Object.keys(OPTIMIZERS)
          .filter((name) => name !== 'nag-gs-auto')
          .join(', '),
      ) as string,
    }),
  );
});

test('a learning rate is explained together with the momentum', () => {
  const [rate, momentum] = OPTIMIZERS['momentum']!.parameters;
  expect(rate!.explain({ learningRate: 0.01 })).toContain('= 0.1000');
  expect(rate!.explain({ learningRate: 0.01, momentum: 0.99 })).toContain('= 1.000');
  expect(momentum!.explain({ momentum: 0.98 })).toBe('0.980 remembers about 50 steps.');
});

test('NAG-GS is explained as the heavy ball that it is', () => {
  const [alpha] = OPTIMIZERS['nag-gs']!.parameters;
  expect(alpha!.explain({ alpha: 0.05, gamma: 1.5 })).toContain('η = 0.001536 and μ = 0.922');
  expect(alpha!.explain({ alpha: 0.05, gamma: 1.5 })).toContain('grow to 0.01961');
});

test('NAG-GS that measures the curvature is explained by what follows from κ', () => {
  const [condition, convexity] = OPTIMIZERS['nag-gs-auto']!.parameters;
  expect(condition!.explain({})).toBe('μ is λmax / 1,000: α is 0.05878 and the momentum 0.892.');
  expect(condition!.explain({ conditionNumber: 100 })).toContain('α is 0.2000 and the momentum 0.694');
  expect(convexity!.explain({ mu: 0.5 })).toContain('α falls as λmax grows');
});
