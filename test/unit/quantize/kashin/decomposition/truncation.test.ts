import { describe, expect, it } from 'vitest';
import { createInvolution } from '../../../../../src/math/involution';
import { decomposeByTruncation } from '../../../../../src/quantize/kashin/decomposition/truncation';
import { cosineVector, oneHotVector, spikedVector } from '../../../../../src/studies/kashin/sources';
import { distortion, normalSample } from '../../samples';
import { largest, rebuild } from './rebuild';

const THOROUGH = { tolerance: 1e-6, maxSteps: 200 };

describe('the decomposition by truncation', () => {
  const length = 4096;
  const involution = createInvolution(length, 3);

  it.each([
    ['normal numbers', normalSample(length, 2)],
    ['outliers', spikedVector(length, 8)],
    ['a single number', oneHotVector(length)],
    ['a cosine', cosineVector(length)],
  ])('adds up to the vector for %s', (_, x) => {
    for (const levels of [
      { eta: 0.9, delta: 1 },
      { eta: 0.6, delta: 2 },
    ]) {
      const decomposition = decomposeByTruncation(x, involution, levels, THOROUGH);
      expect(decomposition.stop).toBe('converged');
      expect(Math.sqrt(distortion(x, rebuild(decomposition, involution)))).toBeLessThan(2e-6);
    }
  });

  it('keeps its promises: residual below η^k, coefficients below K/2 with K = 1/((1 − η)√δ)', () => {
    for (const [eta, delta] of [
      [0.9, 1],
      [0.75, 1],
      [0.6, 2],
      [0.7, 4],
    ] as const) {
      const { u, v, residual } = decomposeByTruncation(
        normalSample(length, 4),
        involution,
        { eta, delta },
        THOROUGH,
      );
      residual.forEach((value, k) => expect(value).toBeLessThanOrEqual(eta ** k * (1 + 1e-6)));
      const level = 1 / ((1 - eta) * Math.sqrt(delta));
      expect(Math.max(largest(u), largest(v))).toBeLessThanOrEqual(level / 2);
    }
  });

  it('clips harder with a smaller K: flatter factors in more steps', () => {
    const x = normalSample(length, 5);
    const loose = decomposeByTruncation(x, involution, { eta: 0.9, delta: 1 }, THOROUGH);
    const tight = decomposeByTruncation(x, involution, { eta: 0.7, delta: 4 }, THOROUGH);
    expect(largest(tight.u)).toBeLessThan(0.75 * largest(loose.u));
    expect(tight.residual.length).toBeGreaterThan(loose.residual.length);
  });

  it('waits with its level where the frame does not keep the promise', () => {
    const { steps, residual, stop } = decomposeByTruncation(
      oneHotVector(length),
      involution,
      { eta: 0.6, delta: 2 },
      THOROUGH,
    );
    expect(stop).toBe('converged');
    expect(residual[1]).toBeGreaterThan(0.6);
    expect(steps.u[1]).toBe(steps.u[0]);
  });

  it('stops at the step limit and at once for zeros', () => {
    const levels = { eta: 0.6, delta: 2 };
    const limited = decomposeByTruncation(normalSample(length, 1), involution, levels, {
      tolerance: 1e-6,
      maxSteps: 3,
    });
    expect(limited.stop).toBe('step limit');
    expect(limited.residual.length - 1).toBe(3);
    expect(decomposeByTruncation(new Float32Array(length), involution, levels, THOROUGH).scale).toBe(0);
  });
});
