import { describe, expect, it } from 'vitest';
import type { StudyRow } from '../../../../src/protocol/study';
import { quickRun } from '../quickRun';

function unlike(rows: ReadonlyMap<string, StudyRow>): string[] {
  return [...rows.values()]
    .filter(({ verdict }) => verdict !== undefined && verdict !== 'as published')
    .map(({ what }) => what);
}

describe('splitting/least-squares', () => {
  it('counts as many steps as theory, whatever the rate, where SGD diverges', async () => {
    const { rows } = await quickRun('splitting/least-squares');
    expect(unlike(rows)).toEqual([]);
    const ours = (what: string) => rows.get(what)!.ours;
    expect(ours('SGD, α 0.1')).toBe('diverges');
    expect(ours('SGD, α 100000000')).toBe('diverges');
    expect(ours('splitting, α 100000000')).toBe(ours('splitting, α 1'));
    expect(ours('largest rate at which SGD converges')).toBe('0.06 to 0.1');
    expect(ours('SGD, α 0.04')).toBeLessThan(400);
  }, 240_000);
});

describe('splitting/kaczmarz-limit', () => {
  it('comes to Kaczmarz’s step as fast as the least eigenvalue says, and ends as the reference does', async () => {
    const { rows } = await quickRun('splitting/kaczmarz-limit');
    expect(unlike(rows)).toEqual([]);
    expect([...rows.values()].filter(({ published }) => published !== undefined)).toHaveLength(7);
    expect(rows.get('one row, α = ∞: distance from Kaczmarz’s step')!.ours).toBeLessThan(1e-14);
    expect(
      rows.get('one row twice, with two answers, α = ∞: distance from the step to their mean')!.ours,
    ).toBeLessThan(1e-14);
    expect(
      rows.get('six rows at odds, block Kaczmarz: distance of epochs from the solution')!.ours,
    ).toBeCloseTo(0.120158, 4);
  }, 240_000);
});

describe('splitting/global-error', () => {
  it('has the reference’s errors, goes to its limit, and exceeds it on the way', async () => {
    const { rows } = await quickRun('splitting/global-error');
    expect(unlike(rows)).toEqual([]);
    expect([...rows.values()].filter(({ verdict }) => verdict === 'as published')).toHaveLength(14);
    expect(rows.get('planes that cross, t → ∞')!.ours).toBeLessThan(1e-14);
    expect(rows.get('planes that cross, t 1')!.ours).toBeGreaterThan(0.04);
    const spread = [...rows.values()].at(-1)!.ours as number;
    expect(spread).toBeGreaterThan(0);
    expect(spread).toBeLessThan(1e-3);
  }, 240_000);
});

describe('splitting/softmax', () => {
  it('needs as many steps as SGD where the rate is small, and fewer where it is much too large', async () => {
    const { rows } = await quickRun('splitting/softmax');
    const ours = (what: string) => rows.get(what)!.ours as number;
    expect(Math.abs(ours('splitting, α 0.02') / ours('SGD, α 0.02') - 1)).toBeLessThan(0.1);
    expect(ours('splitting, α 10')).toBeLessThan(0.5 * ours('SGD, α 10'));
    expect(ours('splitting, α 1000')).toBeLessThan(0.5 * ours('SGD, α 1000'));
    // The other loss is what makes the baseline of the paper's script slow.
    expect(rows.get('SGD through two softmaxes, α 0.02')!.ours).toBe('> 300');
    expect(ours('SGD through two softmaxes, α 10')).toBeGreaterThan(4 * ours('SGD, α 10'));
  }, 240_000);
});

describe('splitting/step-robustness', () => {
  it('lets splitting have any rate that is large enough', async () => {
    const { rows } = await quickRun('splitting/step-robustness');
    const ours = (what: string) => rows.get(what)!.ours as number;
    expect(ours('splitting, α 0.1')).toBeLessThan(1.1 * ours('SGD, α 0.1'));
    expect(ours('splitting, α 100000')).toBeLessThanOrEqual(20);
    expect(ours('splitting, α 100000')).toBeLessThan(ours('SGD, α 100000'));
  }, 240_000);
});
