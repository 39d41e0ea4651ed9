import { expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { tensorStatistics } from '../../../src/modelfile/statistics';

it('measures a tensor whose moments are known', () => {
  expect(tensorStatistics(Float32Array.of(-1, 1, -1, 1))).toEqual({
    mean: 0,
    std: 1,
    min: -1,
    max: 1,
    kurtosis: -2,
    outlierShare: 0,
    nonFinite: 0,
  });
});

it('gives a normal sample no excess kurtosis and no outliers', () => {
  const random = new Random(11);
  const statistics = tensorStatistics(Float32Array.from({ length: 200_000 }, () => 5 + 2 * random.normal()));
  expect(statistics.mean).toBeCloseTo(5, 1);
  expect(statistics.std).toBeCloseTo(2, 1);
  expect(Math.abs(statistics.kurtosis)).toBeLessThan(0.05);
  expect(statistics.outlierShare).toBe(0);
});

it('counts what lies beyond six standard deviations', () => {
  const random = new Random(12);
  const values = Float32Array.from({ length: 10_000 }, () => random.normal());
  values.fill(100, 0, 10);
  expect(tensorStatistics(values).outlierShare).toBe(0.001);
});

it('is not shaken by a mean that is large beside the deviation', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => 16_000_000 + (i % 2));
  const { mean, std, kurtosis } = tensorStatistics(values);
  expect(mean).toBe(16_000_000.5);
  expect(std).toBe(0.5);
  expect(kurtosis).toBeCloseTo(-2, 12);
});

it('leaves NaN and infinities out and counts them', () => {
  const { mean, min, max, nonFinite } = tensorStatistics(Float32Array.of(NaN, 1, Infinity, 3, -Infinity));
  expect({ mean, min, max, nonFinite }).toEqual({ mean: 2, min: 1, max: 3, nonFinite: 3 });
});

it('takes a constant tensor and an empty one', () => {
  expect(tensorStatistics(new Float32Array(7).fill(0.1))).toMatchObject({
    std: 0,
    kurtosis: 0,
    outlierShare: 0,
  });
  expect(tensorStatistics(new Float32Array(0))).toMatchObject({ mean: NaN, std: NaN, nonFinite: 0 });
});
