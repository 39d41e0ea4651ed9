import { describe, expect, it } from 'vitest';
import { readGridAxis, type SweepPlan, type TrialResult } from '../../../src/protocol/sweep';
import { summarizeTrials } from '../../../src/protocol/sweepRanking';

const PLAN: SweepPlan = { axes: [readGridAxis('rate=1,2')], draws: 1, seeds: 1, jobs: 1 };

function trial(
  rate: number,
  final: Record<string, number>,
  state: TrialResult['state'] = 'done',
): TrialResult {
  return { run: `run-${rate}`, state, parameters: { rate }, final, seconds: 1 };
}

describe('summarizeTrials', () => {
  it('takes the mean over seeds and their sample deviation, and puts the best first', () => {
    const { metric, maximize, settings } = summarizeTrials(PLAN, [
      trial(1, { testAccuracy: 0.8, testLoss: 9 }),
      trial(2, { testAccuracy: 0.7 }),
      trial(1, { testAccuracy: 0.6 }),
      trial(2, { testAccuracy: 0.9 }),
    ]);
    expect([metric, maximize]).toEqual(['testAccuracy', true]);
    expect(settings.map(({ parameters }) => parameters['rate'])).toEqual([2, 1]);
    expect(settings[0]!.mean).toBeCloseTo(0.8, 12);
    expect(settings[0]!.deviation).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(settings[1]!.mean).toBeCloseTo(0.7, 12);
    expect(settings[1]!.runs).toEqual(['run-1', 'run-1']);
  });

  it('prefers less of a loss, and what it is told of anything else', () => {
    const order = (plan: Partial<SweepPlan>, name: string) =>
      summarizeTrials({ ...PLAN, ...plan }, [trial(1, { [name]: 1 }), trial(2, { [name]: 2 })]).settings.map(
        ({ parameters }) => parameters['rate'],
      );
    expect(order({}, 'testLoss')).toEqual([1, 2]);
    expect(order({}, 'trainLoss')).toEqual([1, 2]);
    expect(order({ metric: 'testBleu', maximize: true }, 'testBleu')).toEqual([2, 1]);
    expect(order({ metric: 'testError', maximize: false }, 'testError')).toEqual([1, 2]);
  });

  it('puts settings with failures after whole ones, and those without a figure last', () => {
    const { settings } = summarizeTrials(PLAN, [
      trial(1, { testLoss: 0.1 }),
      trial(1, { testLoss: 50 }, 'failed'),
      trial(2, { testLoss: 0.5 }),
      trial(3, {}, 'failed'),
      trial(4, { testLoss: NaN }),
    ]);
    expect(settings.map(({ parameters }) => parameters['rate'])).toEqual([2, 1, 3, 4]);
    expect(settings[1]).toEqual({ parameters: { rate: 1 }, runs: ['run-1', 'run-1'], done: 1, mean: 0.1 });
    expect(settings[2]).toEqual({ parameters: { rate: 3 }, runs: ['run-3'], done: 0 });
  });
});
