import { describe, expect, it } from 'vitest';
import { rtn } from '../../../../src/quantize/baselines/rtn';
import { bitsPerWeight, describeContract, quantizeOptions } from '../methodContract';
import { distortion, normalSample } from '../samples';

const RTN = { bits: 4, groupSize: 128 };
const OPTIONS = quantizeOptions(RTN);

const ABSMAX = quantizeOptions({ ...RTN, range: 'absmax' });

describeContract(rtn, OPTIONS);
// The last level is a step of float16 times 7.
describeContract(rtn, ABSMAX, { constantError: 2 ** -11 });

describe('rtn', () => {
  it.each([
    [2, 0.136],
    [3, 0.0355],
    [4, 0.0094],
    [5, 0.0024],
    [6, 0.0006],
    [7, 0.00016],
    [8, 0.00004],
  ])('at %i bits has a distortion below %f on normal numbers', async (bits, limit) => {
    const x = normalSample(2 ** 17, 1);
    const quantized = await rtn.quantize(x, [x.length], quantizeOptions({ ...RTN, bits }));
    expect(distortion(x, quantized.values)).toBeLessThan(limit);
    const table = (8 * (12 + 8 + 4)) / x.length;
    expect(bitsPerWeight(quantized)).toBeCloseTo(bits + (16 + bits) / 128 + table, 6);
  });

  it('at 8 bits is off by at most the rounding where nothing needs clipping', async () => {
    const x = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i));
    const { values } = await rtn.quantize(x, [4096], quantizeOptions({ ...RTN, bits: 8 }));
    // Half a step of the full range [−1, 1] in 255 steps, and the rounding of the step to float16.
    const worst = Math.max(...x.map((value, i) => Math.abs(value - values[i]!)));
    expect(worst).toBeLessThan(0.5 * (2 / 255) + 128 * (2 / 255) * 2 ** -11 + 1 / 255);
  });

  it('treats groups one by one: exchanged groups give exchanged values', async () => {
    const x = normalSample(1024, 1).map((value, i) => value * (1 + (i >> 7)));
    const exchange = (z: Float32Array) => Float32Array.from([...z.subarray(512), ...z.subarray(0, 512)]);
    const { values } = await rtn.quantize(x, [1024], OPTIONS);
    const exchanged = await rtn.quantize(exchange(x), [1024], OPTIONS);
    expect(exchanged.values).toEqual(exchange(values));
  });

  it('uses its zero points on one-sided groups', async () => {
    const x = normalSample(4096, 1).map(Math.abs);
    const { values } = await rtn.quantize(x, [4096], OPTIONS);
    expect(distortion(x, values)).toBeLessThan(0.003);
    const negative = await rtn.quantize(
      x.map((value) => -value),
      [4096],
      OPTIONS,
    );
    expect(
      distortion(
        x,
        negative.values.map((value) => -value),
      ),
    ).toBeLessThan(0.003);
  });

  it.each([
    // A row of 4096 normal numbers reaches to 3.8 standard deviations or so: D = (3.8 / 7)² / 12.
    ['absmax', 4096, 0.022, 0.028, 4 + 16 / 4096],
    ['absmax', 128, 0.0115, 0.0145, 4 + 16 / 128],
    ['mse', 4096, 0.0113, 0.0119, 4 + 20 / 4096],
    ['mse', 128, 0.0088, 0.0094, 4 + 20 / 128],
  ] as const)('with the range %s in groups of %i', async (range, groupSize, least, most, cost) => {
    const x = normalSample(2 ** 18, 1);
    const quantized = await rtn.quantize(x, [64, 4096], quantizeOptions({ bits: 4, groupSize, range }));
    const d = distortion(x, quantized.values);
    expect(d).toBeGreaterThan(least);
    expect(d).toBeLessThan(most);
    const frame = 8 * (12 + 8 + 4);
    expect(bitsPerWeight(quantized)).toBeCloseTo(cost + frame / x.length, 6);
  });

  it('with the range absmax is odd, and clips nothing', async () => {
    const x = normalSample(4096, 2);
    const { values } = await rtn.quantize(x, [64, 64], ABSMAX);
    const negated = await rtn.quantize(
      x.map((value) => -value),
      [64, 64],
      ABSMAX,
    );
    for (let start = 0; start < x.length; start += 128) {
      const step = Math.max(...x.subarray(start, start + 128).map(Math.abs)) / 7;
      for (let i = start; i < start + 128; i++) {
        expect(Math.abs(values[i]! - x[i]!)).toBeLessThan(0.502 * step);
        expect(negated.values[i]! + values[i]!).toBeLessThan(1e-6);
      }
    }
  });
});
