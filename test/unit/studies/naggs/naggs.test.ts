import { describe, expect, it } from 'vitest';
import { quickRun } from '../quickRun';

describe('nag-gs/quadratic-sweep', () => {
  it('predicts the published counts from one of them, and where each method diverges', async () => {
    const { rows } = await quickRun('nag-gs/quadratic-sweep');
    expect([...rows.values()].map(({ verdict }) => verdict)).toEqual(Array(14).fill('as published'));
    // Gradient descent has one direction left: its counts are those published, to the step.
    expect(rows.get('gradient descent, rate 0.00967')!.ours).toBe(6567);
    expect(rows.get('gradient descent, rate 0.0126')!.ours).toBe(5028);
    expect(rows.get('gradient descent, rate 0.0189')!.ours).toBe(3368);
    expect(rows.get('gradient descent, rate 0.0322')!.ours).toBe('diverges');
    for (const { ours, published } of rows.values()) {
      if (typeof published === 'number')
        expect(Math.abs((ours as number) / published - 1)).toBeLessThan(0.02);
    }
  });
});

describe('nag-gs/quadratic-race', () => {
  it('is won by NAG-GS, which is a heavy ball', async () => {
    const { rows } = await quickRun('nag-gs/quadratic-race');
    const ours = (what: string) => rows.get(what)!.ours as number;
    expect(Math.abs(ours('NAG-GS') / 565 - 1)).toBeLessThan(0.02);
    expect(Math.abs(ours('Nesterov, 1/L') / 701 - 1)).toBeLessThan(0.02);
    expect(Math.abs(ours('heavy ball of the same iterates') - ours('NAG-GS'))).toBeLessThanOrEqual(1);
    expect(ours('NAG-GS, 0.9 α_c')).toBeLessThan(0.6 * ours('NAG-GS, 0.5 α_c'));
    expect(rows.get('NAG-GS, 1.01 α_crit')!.ours).toBe('diverges');
  });
});

describe('nag-gs/stability', () => {
  it('measures on iterations what the closed forms say', async () => {
    const { rows } = await quickRun('nag-gs/stability');
    const compared = [...rows.values()].filter(({ published }) => published !== undefined);
    expect(compared).toHaveLength(12);
    expect(compared.filter(({ verdict }) => verdict !== 'as published')).toEqual([]);
    const factor = (gamma: number) => rows.get(`μ 1, L 10, γ ${gamma}: factor at α_c`)!.ours as number;
    expect(factor(0.5)).toBeCloseTo(0.6011166, 6);
    expect(factor(1)).toBeCloseTo(0.5194939, 6);
    expect(factor(1.5)).toBeCloseTo(0.5685176, 6);
  });
});

describe('nag-gs/covariance', () => {
  it('finds chains where the closed form has them', async () => {
    const { rows } = await quickRun('nag-gs/covariance');
    expect(rows.size).toBe(8 * 2 * 3 + 3);
    expect([...rows.values()].filter(({ verdict }) => verdict !== 'as published')).toEqual([]);
    // Beyond α_c a longer step settles closer where L < 2μ, and farther where it is not.
    const variance = (what: string) => rows.get(`${what}: Var x`)!.ours as number;
    expect(variance('L 1.9, 10 α_c, λ 1.9')).toBeLessThan(0.7 * variance('L 1.9, α_c, λ 1.9'));
    expect(variance('L 3, 0.98 α_crit, λ 3')).toBeGreaterThan(10 * variance('L 3, α_c, λ 3'));
  });
});
