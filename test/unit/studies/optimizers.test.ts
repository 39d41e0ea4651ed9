import { describe, expect, it } from 'vitest';
import { CONTENDERS } from '../../../src/studies/optimizers/contenders';
import { heavyBallOf } from '../../../src/math/dynamics/nagGs';
import { quickRun } from './quickRun';

describe('races of optimizers', () => {
  it('give momentum and NAG-GS the same effective steps', () => {
    const [momentum, , nagGs] = CONTENDERS;
    const ofMomentum = momentum!.grid.map((rate) => rate / (1 - 0.9));
    const ofNagGs = nagGs!.grid.map((alpha) => {
      const ball = heavyBallOf({ alpha, mu: 1, gamma: 1 });
      return ball.rate / (1 - ball.momentum);
    });
    for (const [i, step] of ofNagGs.entries()) expect(step).toBeCloseTo(ofMomentum[i]!, 12);
  });

  it('are judged by the best step of a grid, and tell every other', async () => {
    const { rows } = await quickRun('nag-gs/mnist-logistic');
    const identity = rows.get('NAG-GS, α 0.5, and momentum 4/9, η 1/9: difference of the test losses')!;
    expect(identity.ours).toBeLessThanOrEqual(1e-5);
    for (const { name, grid } of CONTENDERS) {
      const { ours, note } = rows.get(`logistic regression, ${name} at its best step`)!;
      const tried = Array.from(note!.matchAll(/: ([\d.]+) %/g), ([, error]) => Number(error));
      expect(tried).toHaveLength(grid.length);
      expect(ours).toBeCloseTo(Math.min(...tried), 2);
      expect(ours).toBeLessThan(16);
    }
  }, 120_000);
});
