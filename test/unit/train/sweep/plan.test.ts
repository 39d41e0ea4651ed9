import { describe, expect, it } from 'vitest';
import type { SweepSpec } from '../../../../src/protocol/jobSpec';
import { countTrials, readGridAxis, readRandomAxis } from '../../../../src/protocol/sweep';
import { planTrials, trialSpec } from '../../../../src/train/sweep/plan';

function sweep(change: Partial<SweepSpec>): SweepSpec {
  return {
    job: 'sweep',
    trial: { job: 'train', experiment: '/a.ts', engine: 'cpu', overrides: { epochs: 2, batchSize: 1 } },
    axes: [],
    draws: 10,
    seeds: 1,
    jobs: 1,
    ...change,
  };
}

describe('planTrials', () => {
  it('makes every combination of a grid, the last axis fastest, with the seeds beside one another', () => {
    const axes = [readGridAxis('optimizer.name=sgd,adam'), readGridAxis('batchSize=8,16,32')];
    const spec = sweep({ axes, seeds: 2 });
    const trials = planTrials(spec);
    expect(trials).toHaveLength(12);
    expect(countTrials(spec)).toBe(12);
    expect(trials.slice(0, 3)).toEqual([
      { parameters: { 'optimizer.name': 'sgd', batchSize: 8 }, seed: 1 },
      { parameters: { 'optimizer.name': 'sgd', batchSize: 8 }, seed: 2 },
      { parameters: { 'optimizer.name': 'sgd', batchSize: 16 }, seed: 1 },
    ]);
    expect(trials.at(-1)).toEqual({ parameters: { 'optimizer.name': 'adam', batchSize: 32 }, seed: 2 });
  });

  it('leaves the seed of the experiment alone, unless one is asked for', () => {
    const axes = [readGridAxis('batchSize=8')];
    expect(planTrials(sweep({ axes }))).toEqual([{ parameters: { batchSize: 8 } }]);
    const { trial } = sweep({});
    expect(planTrials(sweep({ axes, trial: { ...trial, seed: 7 } }))[0]!.seed).toBe(7);
    const seeds = planTrials(sweep({ axes, seeds: 3, trial: { ...trial, seed: 2 ** 32 - 1 } }));
    expect(seeds.map(({ seed }) => seed)).toEqual([2 ** 32 - 1, 0, 1]);
  });

  it('draws the same from the same seed, within the bounds, evenly in the logarithm', () => {
    const axes = [readRandomAxis('optimizer.learningRate=1e-4..1:log')];
    const values = (change: Partial<SweepSpec>): number[] =>
      planTrials(sweep({ axes, draws: 2000, ...change })).map(({ parameters }) =>
        Number(parameters['optimizer.learningRate']),
      );
    const drawn = values({});
    expect(drawn).toEqual(values({}));
    expect(drawn).not.toEqual(values({ trial: { ...sweep({}).trial, seed: 3 } }));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1);
    for (const decade of [1e-4, 1e-3, 1e-2, 1e-1]) {
      const share = drawn.filter((value) => value >= decade && value < 10 * decade).length / 2000;
      expect(share).toBeGreaterThan(0.21);
      expect(share).toBeLessThan(0.29);
    }
  });

  it('draws whole numbers where the bounds are whole, both bounds as often as the rest', () => {
    const axes = [readRandomAxis('parameters.layers=1..4')];
    const counts = new Map<unknown, number>();
    for (const { parameters } of planTrials(sweep({ axes, draws: 4000 }))) {
      const value = parameters['parameters.layers'];
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('combines draws with the grid; one more axis leaves the draws of another as they were', () => {
    const rate = readRandomAxis('optimizer.learningRate=0.1..0.9');
    const alone = planTrials(sweep({ axes: [rate], draws: 3 }));
    const both = planTrials(
      sweep({
        axes: [readRandomAxis('parameters.width=2..9'), readGridAxis('batchSize=8,16'), rate],
        draws: 3,
      }),
    );
    expect(both).toHaveLength(6);
    const rates = (trials: typeof both) =>
      trials.map(({ parameters }) => parameters['optimizer.learningRate']);
    expect(rates(both).filter((_, i) => i % 2 === 0)).toEqual(rates(alone));
    expect(Object.keys(both[0]!.parameters)).toEqual([
      'parameters.width',
      'batchSize',
      'optimizer.learningRate',
    ]);
  });

  it('sets what a trial varies over what all share', () => {
    const spec = sweep({ axes: [readGridAxis('batchSize=8')] });
    expect(trialSpec(spec, { parameters: { batchSize: 8 }, seed: 4 }, 'the-sweep')).toEqual({
      job: 'train',
      experiment: '/a.ts',
      engine: 'cpu',
      overrides: { epochs: 2, batchSize: 8 },
      seed: 4,
      sweep: 'the-sweep',
    });
  });
});
