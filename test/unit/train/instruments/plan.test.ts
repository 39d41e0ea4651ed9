import { describe, expect, it } from 'vitest';
import { INSTRUMENTS, ReadingPlan, type Instrument } from '../../../../src/train/instruments/plan';

function stepsOf(plan: ReadingPlan, instrument: Instrument, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => i + 1).filter((step) => plan.isDue(instrument, step));
}

describe('plan of readings', () => {
  it('reads nothing where instruments are off, and gradients alone in economy', () => {
    expect(INSTRUMENTS.flatMap((instrument) => stepsOf(new ReadingPlan('off'), instrument, 2000))).toEqual(
      [],
    );
    const economy = new ReadingPlan('economy');
    expect(stepsOf(economy, 'gradients', 2000).length).toBeGreaterThan(20);
    expect(INSTRUMENTS.slice(1).flatMap((instrument) => stepsOf(economy, instrument, 2000))).toEqual([]);
  });

  it.each([
    ['economy', 0.01],
    ['standard', 0.1],
    ['full', 0.5],
  ] as const)('%s takes at most its share of a run of 500 steps or more, in passes', (preset, share) => {
    const plan = new ReadingPlan(preset);
    for (const steps of [500, 1000, 2345, 10_000, 100_000]) {
      expect(plan.passes(steps)).toBeGreaterThan(0);
      expect(plan.passes(steps) / steps).toBeLessThan(share * (preset === 'economy' ? 1.5 : 1));
    }
  });

  it('is denser at the start, and reads everything in a run of a thousand steps', () => {
    const plan = new ReadingPlan('full');
    for (const instrument of INSTRUMENTS) {
      const steps = stepsOf(plan, instrument, 20_000);
      const gaps = steps.map((step, i) => step - (steps[i - 1] ?? 0));
      expect(steps[0]).toBeLessThan(500);
      expect(gaps.at(-1)!).toBeGreaterThan(1.3 * gaps[0]!);
    }
  });

  it('counts what it reads', () => {
    const plan = new ReadingPlan('full');
    const passes = INSTRUMENTS.reduce(
      (sum, instrument) => sum + plan.reach.due[instrument]!.passes * stepsOf(plan, instrument, 3000).length,
      0,
    );
    expect(plan.passes(3000)).toBeCloseTo(passes, 9);
  });

  it('reads after every so many steps where it is told to', () => {
    const plan = new ReadingPlan({ preset: 'full', every: 50 });
    for (const instrument of INSTRUMENTS) expect(stepsOf(plan, instrument, 160)).toEqual([50, 100, 150]);
  });
});
