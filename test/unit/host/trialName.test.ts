import { describe, expect, it } from 'vitest';
import { trialName } from '../../../src/host/views/trialName';
import type { SweepSpec, TrainSpec } from '../../../src/protocol/jobSpec';
import type { SweepAxis } from '../../../src/protocol/sweep';

const TRAIN: TrainSpec = { job: 'train', experiment: 'a.ts', engine: 'best', overrides: {} };
const grid = (path: string): SweepAxis => ({ kind: 'grid', path, values: [1, 2] });
const sweep = (axes: readonly SweepAxis[], seeds = 1): SweepSpec => ({
  job: 'sweep',
  trial: TRAIN,
  axes,
  draws: 1,
  seeds,
  jobs: 1,
});

describe('trialName', () => {
  it('says what the sweep has set, and no other setting', () => {
    const overrides = { 'optimizer.learningRate': 0.012345678, 'model.bias': true, compile: 'off' };
    const plan = sweep([grid('optimizer.learningRate'), grid('model.bias')]);
    expect(trialName({ ...TRAIN, overrides, seed: 3 }, plan)).toBe('learningRate 0.01235, bias true');
  });

  it('says the seed where there are several', () => {
    const trial = { ...TRAIN, overrides: { batchSize: 32 }, seed: 2 };
    expect(trialName(trial, sweep([grid('batchSize')], 3))).toBe('batchSize 32, seed 2');
    expect(trialName({ ...TRAIN, seed: 2 }, sweep([], 3))).toBe('seed 2');
  });

  it('says the whole path where two end alike', () => {
    const overrides = { 'loss.left.weight': 1, 'loss.right.weight': 2 };
    const plan = sweep([grid('loss.left.weight'), grid('loss.right.weight')]);
    expect(trialName({ ...TRAIN, overrides }, plan)).toBe('loss.left.weight 1, loss.right.weight 2');
  });
});
