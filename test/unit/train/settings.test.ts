import { describe, expect, it } from 'vitest';
import { mnist } from '../../../src/data/mnist';
import { UserError } from '../../../src/protocol/userError';
import { defineExperiment, type Experiment } from '../../../src/train/experiment';
import { applyOverrides, checkExperiment } from '../../../src/train/settings';

const experiment = defineExperiment({
  name: 'digits',
  data: mnist({ trainSize: 1000 }),
  parameters: { hidden: 32, activation: 'relu', bias: true },
  model: () => {
    throw new Error('not built here');
  },
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.5, nesterov: true },
  batchSize: 64,
  epochs: 2,
  seed: 1,
}) as unknown as Experiment;

function errorOf(body: () => unknown): UserError {
  try {
    body();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe('applyOverrides', () => {
  it('sets plain data by path and leaves the rest, and the original, alone', () => {
    const changed = applyOverrides(experiment, {
      epochs: 7,
      evaluateEvery: 2,
      'optimizer.learningRate': 0.01,
      'data.trainSize': 500,
      'data.testSize': 100,
      'parameters.hidden': 64,
      'parameters.activation': 'tanh',
      'parameters.bias': false,
    });
    expect(changed).toEqual({
      ...experiment,
      epochs: 7,
      evaluateEvery: 2,
      data: { source: 'mnist', trainSize: 500, testSize: 100 },
      parameters: { hidden: 64, activation: 'tanh', bias: false },
      optimizer: { name: 'momentum', learningRate: 0.01, momentum: 0.5, nesterov: true },
    });
    expect(experiment.epochs).toBe(2);
    expect(experiment.parameters).toEqual({ hidden: 32, activation: 'relu', bias: true });
  });

  it('changes the optimizer, whose own settings then count', () => {
    const changed = applyOverrides(experiment, { 'optimizer.name': 'adam', 'optimizer.beta1': 0.8 });
    expect(changed.optimizer).toEqual({ name: 'adam', learningRate: 0.1, beta1: 0.8 });
    const error = errorOf(() =>
      applyOverrides(experiment, { 'optimizer.name': 'adam', 'optimizer.momentum': 0.8 }),
    );
    expect(error.code).toBe('unknown-setting');
    expect(error.remedy).toContain('optimizer.beta1');
  });

  it('asks for a setting that a new optimizer needs', () => {
    const nagGs = { ...experiment, optimizer: { name: 'nag-gs' as const, alpha: 0.2 } };
    const error = errorOf(() => applyOverrides(nagGs, { 'optimizer.name': 'adam' }));
    expect(error.message).toContain('optimizer.learningRate');
    const changed = applyOverrides(nagGs, { 'optimizer.name': 'adam', 'optimizer.learningRate': 0.1 });
    expect(changed.optimizer).toEqual({ name: 'adam', learningRate: 0.1 });
  });

  it('sets what NAG-GS follows, which a sweep may vary', () => {
    const given = { ...experiment, optimizer: { name: 'nag-gs' as const, alpha: 0.2 } };
    const spec = {
      'optimizer.curvature': 'auto',
      'optimizer.conditionNumber': 100,
      'optimizer.measureEvery': 50,
    };
    expect(applyOverrides(given, spec).optimizer).toEqual({
      name: 'nag-gs',
      alpha: 0.2,
      curvature: 'auto',
      conditionNumber: 100,
      measureEvery: 50,
    });
    for (const wrong of [
      { 'optimizer.curvature': 'measured' },
      { 'optimizer.conditionNumber': 1 },
      { 'optimizer.measureEvery': 0 },
    ]) {
      expect(errorOf(() => applyOverrides(given, wrong as never)).code).toBe('wrong-setting');
    }
  });

  it('sets a schedule where the experiment has none', () => {
    const changed = applyOverrides(experiment, { 'schedule.warmup': 10, 'schedule.decay': 'cosine' });
    expect(changed.schedule).toEqual({ warmup: 10, decay: 'cosine' });
    expect(errorOf(() => applyOverrides(experiment, { 'schedule.decay': 'steps' })).message).toContain(
      'schedule.at',
    );
  });

  it('splits the last layer off where the experiment does not, and asks for its learning rate', () => {
    const set = { 'lastLayer.learningRate': 0.3, 'lastLayer.pull': 0, 'lastLayer.stepLimit': 2 };
    expect(applyOverrides(experiment, set).lastLayer).toEqual({ learningRate: 0.3, pull: 0, stepLimit: 2 });
    expect(errorOf(() => applyOverrides(experiment, { 'lastLayer.pull': 1 })).message).toContain(
      'lastLayer.learningRate',
    );
    expect(errorOf(() => applyOverrides(experiment, { 'lastLayer.pull': -1 })).code).toBe('wrong-setting');
    for (const lastLayer of [0.3, {}, { learningRate: 0 }, { learningRate: 1, lambda: 1 }]) {
      const error = errorOf(() => checkExperiment({ ...experiment, lastLayer }));
      expect(error.code).toBe('experiment-malformed');
      expect(error.message).toContain('lastLayer');
    }
  });

  it('reads a list as it is typed, with commas', () => {
    const steps = { 'schedule.decay': 'steps', 'schedule.at': '100, 200' };
    expect(applyOverrides(experiment, steps).schedule).toEqual({ decay: 'steps', at: [100, 200] });
    expect(applyOverrides(experiment, { ...steps, 'schedule.at': 50 }).schedule?.at).toEqual([50]);
    const kept = applyOverrides(experiment, { 'optimizer.noDecay': 'bias,norm' }).optimizer;
    expect(kept).toMatchObject({ noDecay: ['bias', 'norm'] });
    for (const at of ['100,', 'soon', '0', '1.5']) {
      const error = errorOf(() => applyOverrides(experiment, { ...steps, 'schedule.at': at }));
      expect(error.remedy).toBe('Give a list of whole numbers of at least 1.');
    }
  });

  it('takes a number for a text as it was typed', () => {
    expect(applyOverrides(experiment, { name: 3 }).name).toBe('3');
  });

  it.each(['learningRate', 'model', 'data.source', 'parameters.width', 'optimizer', '', '__proto__.x'])(
    'refuses the path %j and lists what there is',
    (path) => {
      const error = errorOf(() => applyOverrides(experiment, { [path]: 1 }));
      expect(error.code).toBe('unknown-setting');
      expect(error.remedy).toContain('optimizer.learningRate');
      expect(error.remedy).toContain('parameters.hidden');
    },
  );

  it.each([
    ['epochs', 1.5],
    ['epochs', 'many'],
    ['epochs', '3'],
    ['batchSize', 0],
    ['seed', -1],
    ['optimizer.learningRate', 0],
    ['optimizer.learningRate', Infinity],
    ['optimizer.momentum', 1],
    ['optimizer.nesterov', 1],
    ['optimizer.name', 'newton'],
    ['loss', 'crossEntropy'],
    ['checkpoints', 'yes'],
    ['parameters.hidden', 'wide'],
  ] as const)('refuses %s = %j and says what is allowed', (path, value) => {
    const error = errorOf(() => applyOverrides(experiment, { [path]: value }));
    expect(error.code).toBe('wrong-setting');
    expect(error.message).toContain(path);
    expect(error.remedy).toMatch(/^Give /);
  });
});

describe('checkExperiment', () => {
  it('accepts what the types allow', () => {
    expect(checkExperiment(experiment)).toBe(experiment);
    expect(
      checkExperiment({
        ...experiment,
        data: () => undefined,
        loss: () => undefined,
        metrics: ['accuracy', { name: 'top5', of: () => undefined }],
      }),
    ).toBeDefined();
  });

  it.each([
    [undefined, 'The default export'],
    [[], 'The default export'],
    [{ ...experiment, name: undefined }, 'name'],
    [{ ...experiment, model: {} }, 'model'],
    [{ ...experiment, loss: 'crossEntropy' }, 'loss'],
    [{ ...experiment, loss: undefined }, 'loss'],
    [{ ...experiment, metrics: 'accuracy' }, 'metrics'],
    [{ ...experiment, metrics: ['precision'] }, 'metrics'],
    [{ ...experiment, data: 'mnist' }, 'data'],
    [{ ...experiment, data: { source: 'cifar' } }, 'data'],
    [{ ...experiment, data: { source: 'mnist', trainSize: -1 } }, 'data.trainSize'],
    [{ ...experiment, optimizer: 'adam' }, 'optimizer'],
    [{ ...experiment, optimizer: { name: 'newton', learningRate: 1 } }, 'optimizer.name'],
    [{ ...experiment, optimizer: { name: 'adam' } }, 'optimizer.learningRate'],
    [{ ...experiment, optimizer: { name: 'sgd', learningRate: 1, momentum: 0.9 } }, 'momentum'],
    [{ ...experiment, parameters: { layers: [1, 2] } }, 'parameters'],
    [{ ...experiment, batchSize: '128' }, 'batchSize'],
    [{ ...experiment, seed: 0.5 }, 'seed'],
    [{ ...experiment, optimizer: { name: 'adam', learningRate: 1, weightDecay: 0.1 } }, 'weightDecay'],
    [{ ...experiment, optimizer: { name: 'adamw', learningRate: 1, noDecay: 'bias' } }, 'optimizer.noDecay'],
    [{ ...experiment, optimizer: { name: 'nag-gs', mu: -1 } }, 'optimizer.mu'],
    [{ ...experiment, schedule: 'cosine' }, 'schedule'],
    [{ ...experiment, schedule: { decay: 'exponential' } }, 'schedule.decay'],
    [{ ...experiment, schedule: { decay: 'steps' } }, 'schedule.at'],
    [{ ...experiment, schedule: { warmup: 0 } }, 'schedule.warmup'],
    [{ ...experiment, schedule: { steps: 3 } }, 'steps'],
    [{ ...experiment, clipNorm: 0 }, 'clipNorm'],
    [{ ...experiment, averageWeights: 1 }, 'averageWeights'],
    [{ ...experiment, accumulate: 1.5 }, 'accumulate'],
    [{ ...experiment, learningRate: 0.1 }, 'learningRate'],
  ])('refuses a wrong experiment (%#) and names the field', (value, field) => {
    const error = errorOf(() => checkExperiment(value));
    expect(error.code).toBe('experiment-malformed');
    expect(error.message).toContain(field);
    expect(error.remedy).not.toBe('');
  });
});
