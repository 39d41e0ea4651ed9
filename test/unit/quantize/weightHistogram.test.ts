import { expect, it } from 'vitest';
import { weightHistogram } from '../../../src/quantize/weightHistogram';
import { normalSample } from './samples';

it('counts weights in units of their root mean square, the far ones in the outer bins', () => {
  const values = normalSample(100_000, 1).map((value) => 0.03 * value);
  values[0] = 1;
  const histogram = weightHistogram(values, [-0.06, -0.03, 0.03, 0.06])!;
  const { start, width, counts, centroids } = histogram;
  expect(counts.reduce((sum, count) => sum + count)).toBe(values.length);
  expect(start + width * counts.length).toBeCloseTo(-start, 9);
  expect(counts.at(-1)).toBeGreaterThan(0);
  // 68.27 % of normal numbers lie within one standard deviation.
  const within = counts.filter((_, i) => Math.abs(start + width * (i + 0.5)) < 1);
  expect(within.reduce((sum, count) => sum + count) / values.length).toBeCloseTo(0.683, 2);
  for (const [i, level] of [-2, -1, 1, 2].entries()) expect(centroids[i]).toBeCloseTo(level, 1);
});

it('leaves out levels that are too many to see, and zeros altogether', () => {
  const values = normalSample(100, 1);
  expect(weightHistogram(values, Array<number>(32).fill(0))!.centroids).toEqual([]);
  expect(weightHistogram(values)!.centroids).toEqual([]);
  expect(weightHistogram(new Float32Array(10), [1])).toBeUndefined();
});
