import { expect, it } from 'vitest';
import { normalDensity, normalTail } from '../../../../src/math/normal';
import { gaussianLevels } from '../../../../src/quantize/baselines/gaussianLevels';

it('is the tail of the normal distribution', () => {
  // Abramowitz and Stegun, table 26.1, and 1 − Φ(10).
  for (const [x, tail] of [
    [0, 0.5],
    [1, 0.158655253931457],
    [2.4, 0.008197535924596],
    [2.6, 0.004661188023719],
    [5, 2.866515718791939e-7],
    [10, 7.61985302416053e-24],
  ] as const) {
    expect(normalTail(x) / tail).toBeCloseTo(1, 11);
  }
});

/** Mean squared error of the symmetric levels under the density, by the trapezoidal rule. */
function distortionOf(levels: Float64Array): number {
  const step = 1e-4;
  let sum = 0;
  for (let x = step / 2; x < 9; x += step) {
    const error = Math.min(...levels.map((level) => Math.abs(x - level)));
    sum += 2 * step * error * error * normalDensity(x);
  }
  return sum;
}

// Max, "Quantizing for minimum distortion", 1960, table I.
it.each([
  [1, [0.7979], 0.3634],
  [2, [0.4528, 1.51], 0.1175],
  [3, [0.2451, 0.756, 1.344, 2.152], 0.03454],
  [4, [0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733], 0.009497],
])('has the levels and the distortion that Max published, %i bits', (bits, published, distortion) => {
  const levels = gaussianLevels(bits);
  expect(levels.length).toBe(2 ** (bits - 1));
  for (const [i, level] of published.entries()) expect(levels[i]! / level).toBeCloseTo(1, 3);
  expect(distortionOf(levels) / distortion).toBeCloseTo(1, 3);
});

it('spaces many levels as the cube root of the density', () => {
  // The distortion of n levels tends to √3·π/2 / n² (Panter and Dite, 1951).
  const levels = gaussianLevels(8);
  expect(distortionOf(levels) / ((Math.sqrt(3) * Math.PI) / 2 / 256 ** 2)).toBeCloseTo(1, 1);
  expect([...levels]).toEqual([...levels].toSorted((a, b) => a - b));
});
