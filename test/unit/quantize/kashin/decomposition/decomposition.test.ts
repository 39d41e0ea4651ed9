import { describe, expect, it } from 'vitest';
import { createInvolution } from '../../../../../src/math/involution';
import type { OrthogonalTransform } from '../../../../../src/math/orthogonal/transform';
import { decomposeAlternating } from '../../../../../src/quantize/kashin/decomposition/alternating';
import { decomposeGreedily } from '../../../../../src/quantize/kashin/decomposition/greedy';
import { createKernelWorkspace } from '../../../../../src/quantize/kashin/decomposition/kernelWorkspace';
import { createWorkspace } from '../../../../../src/quantize/kashin/decomposition/workspace';
import {
  cosineVector,
  oneHotVector,
  scaledRowsMatrix,
  spikedVector,
} from '../../../../../src/studies/kashin/sources';
import { bitsOf, distortion, normalSample } from '../../samples';
import { largest, rebuild } from './rebuild';

const THOROUGH = { tolerance: 1e-6, maxSteps: 200 };
const ALGORITHMS = [
  ['greedy', decomposeGreedily],
  ['alternating', decomposeAlternating],
] as const;

describe.each(ALGORITHMS)('the %s decomposition', (algorithm, decompose) => {
  const run = (x: Float32Array, options = THOROUGH, seed = 3) =>
    decompose(x, createWorkspace(createInvolution(x.length, seed)), options);

  it.each([
    ['normal numbers', normalSample(4096, 2), { greedy: 35, alternating: 36 }],
    ['rows of very different sizes', scaledRowsMatrix(256, 512, 1).values, { greedy: 35, alternating: 38 }],
    ['outliers of 40 standard deviations', spikedVector(4096, 8), { greedy: 38, alternating: 48 }],
    ['a single number', oneHotVector(4096), { greedy: 42, alternating: 50 }],
    ['a cosine', cosineVector(4096), { greedy: 35, alternating: 40 }],
    ['a prime length', normalSample(8191, 3), { greedy: 35, alternating: 38 }],
    [
      'rows of different sizes and twice a prime',
      scaledRowsMatrix(4001, 2, 2).values,
      { greedy: 40, alternating: 45 },
    ],
    ['three times a power of two', scaledRowsMatrix(96, 64, 3).values, { greedy: 42, alternating: 55 }],
    ['a single number of a prime length', oneHotVector(8191), { greedy: 90, alternating: 90 }],
  ])('adds up to the vector for %s', (_, x, mostSteps) => {
    const decomposition = run(x);
    expect(decomposition.stop).toBe('converged');
    expect(decomposition.residual.length - 1).toBeLessThanOrEqual(mostSteps[algorithm]);
    // The tracked residual is 1e-6; rounding in float32 adds a few times 1e-7.
    const rebuilt = rebuild(decomposition, createInvolution(x.length, 3));
    expect(Math.sqrt(distortion(x, rebuilt))).toBeLessThan(2e-6);
  });

  it('shrinks the residual at every step as its flatness promises', () => {
    const { residual, flatness, steps, scale } = run(spikedVector(6144, 5));
    expect(residual[0]).toBe(1);
    expect(flatness.length).toBe(residual.length);
    for (let k = 1; k < residual.length; k++) {
      expect(residual[k]! / residual[k - 1]!).toBeCloseTo(Math.sqrt(1 - flatness[k - 1]! ** 2), 3);
    }
    expect(steps.u.length + steps.v.length).toBe(residual.length - 1);
    // ‖r′‖² = ‖r‖² − n·c², the exact line search.
    const all = [...steps.u, ...steps.v].reduce((sum, c) => sum + c * c, 0);
    expect(all).toBeCloseTo(1 - residual.at(-1)! ** 2, 5);
    expect(scale).toBeGreaterThan(0);
  });

  it('says so when steps hardly help, and goes on where it is asked to', () => {
    // With Q = −1 the rotated cube is the cube itself, and a single number is far from its vertices.
    const length = 4096;
    const negate = (z: Float32Array) => z.forEach((value, i) => (z[i] = -value));
    const useless: OrthogonalTransform = { length, apply: negate, applyTranspose: negate };
    const workspace = createWorkspace(useless);
    const { stop, residual, flatness } = decompose(oneHotVector(length), workspace, THOROUGH);
    expect(stop).toBe('stalled');
    expect(flatness.at(-1)).toBeLessThan(0.2);
    expect(residual.length).toBeLessThan(20);
    const patient = decompose(oneHotVector(length), workspace, { ...THOROUGH, patient: true });
    expect(patient.stop).toBe('step limit');
    expect(patient.residual.length - 1).toBe(THOROUGH.maxSteps);
  });

  it('stops at the step limit and at once for zeros', () => {
    const limited = run(normalSample(512, 1), { tolerance: 1e-6, maxSteps: 5 });
    expect(limited.stop).toBe('step limit');
    expect(limited.residual.length - 1).toBe(5);
    expect(run(new Float32Array(512))).toMatchObject({ scale: 0, residual: [1], stop: 'converged' });
  });

  it('works at the ends of the range of float32', () => {
    for (const size of [1e36, 1e-36]) {
      const x = normalSample(1024, 6).map((value) => value * size);
      const decomposition = run(x);
      expect(decomposition.stop).toBe('converged');
      expect(Math.sqrt(distortion(x, rebuild(decomposition, createInvolution(1024, 3))))).toBeLessThan(2e-6);
    }
  });

  it.each([1, 2, 3, 5, 8, 13, 16, 96, 1000, 1002, 4096, 6144, 8002, 8191, 65536])(
    'gives the same bits in WebAssembly, length %i',
    (length) => {
      const x = normalSample(length, length);
      const options = { tolerance: 1e-6, maxSteps: 20 };
      const plain = run(x, options, 7);
      const kernel = decompose(x, createKernelWorkspace(length, 7), options);
      expect(bitsOf(kernel.u)).toEqual(bitsOf(plain.u));
      expect(bitsOf(kernel.v)).toEqual(bitsOf(plain.v));
      expect(kernel).toEqual(plain);
    },
  );
});

describe('the greedy decomposition', () => {
  it('of 4096 normal numbers takes 28 to 32 steps to 1e-6, with the known max-norms', () => {
    const workspace = createKernelWorkspace(4096, 1);
    const { u, v, residual, stop } = decomposeGreedily(normalSample(4096, 1), workspace, THOROUGH);
    expect(stop).toBe('converged');
    expect(residual.length - 1).toBeGreaterThanOrEqual(28);
    expect(residual.length - 1).toBeLessThanOrEqual(32);
    const [smaller = 0, larger = 0] = [largest(u), largest(v)].sort((a, b) => a - b);
    expect(larger).toBeCloseTo(1.47, 1);
    expect(smaller).toBeCloseTo(0.54, 1);
  });
});

describe('the alternating decomposition', () => {
  it('gives two steps to v, then two to u, and so on, whatever the vector', () => {
    const workspace = createKernelWorkspace(4096, 2);
    for (const x of [normalSample(4096, 3), spikedVector(4096, 3), oneHotVector(4096)]) {
      for (const [maxSteps, toU, toV] of [
        [2, 0, 2],
        [3, 1, 2],
        [4, 2, 2],
        [6, 2, 4],
        [16, 8, 8],
      ] as const) {
        const { steps } = decomposeAlternating(x, workspace, { tolerance: 0, maxSteps });
        expect([steps.u.length, steps.v.length]).toEqual([toU, toV]);
      }
    }
  });

  it('of normal numbers leaves factors near the four peaks ±c₁ ± c₂', () => {
    const { u, v, steps } = decomposeAlternating(
      normalSample(65536, 1),
      createKernelWorkspace(65536, 1),
      THOROUGH,
    );
    for (const [factor, [first = 0, second = 0, ...rest]] of [
      [u, steps.u],
      [v, steps.v],
    ] as const) {
      const reach = rest.reduce((sum, step) => sum + step, 0);
      const peaks = [first + second, first - second];
      for (const value of factor) {
        const distance = Math.min(...peaks.map((peak) => Math.abs(Math.abs(value) - peak)));
        expect(distance).toBeLessThanOrEqual(reach * (1 + 1e-5));
      }
      expect(reach).toBeLessThan(0.25 * (first + second));
    }
  });
});
