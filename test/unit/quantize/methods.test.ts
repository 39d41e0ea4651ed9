import { describe, expect, it } from 'vitest';
import type { QuantizationMethodId } from '../../../src/protocol/jobSpec';
import { kashinGreedy } from '../../../src/quantize/kashin/kashinGreedy';
import { quantizationMethod } from '../../../src/quantize/registry';
import { rtn } from '../../../src/quantize/rtn';
import { bytes, floats } from './hex';
import vectors from './nativeVectors.json';
import { bitsOf, distortion, normalSample } from './samples';

const KASHIN = { bits: 4, groupSize: 4096, seed: 1 };
const RTN = { bits: 4, groupSize: 128, seed: 1 };
const METHODS = [
  ['kashin-greedy', KASHIN],
  ['rtn', RTN],
] as const;

describe.each(METHODS)('%s', (id, options) => {
  const method = quantizationMethod(id);
  const quantize = (x: Float32Array) => method.quantize(x, [x.length], options);

  it('gives the values that a reader of its parts gets, in parts of the sizes it announced', async () => {
    for (const length of [1, 127, 5000, 8192]) {
      const x = normalSample(length, length);
      const { values, parts } = await quantize(x);
      expect(parts.map(({ suffix, dtype, shape }) => ({ suffix, dtype, shape }))).toEqual(
        method.layout([length], options),
      );
      const width = { U8: 1, F16: 2, F32: 4 };
      for (const part of parts) {
        expect(part.bytes.length).toBe(part.shape.reduce((a, b) => a * b, width[part.dtype]));
      }
      const read = method.dequantize(
        new Map(parts.map((part) => [part.suffix, part.bytes])),
        [length],
        options,
      );
      expect(bitsOf(read)).toEqual(bitsOf(values));
    }
  });

  it('scales with its input, exactly by powers of two', async () => {
    const x = normalSample(8192, 3);
    const { values } = await quantize(x);
    for (const factor of [2 ** -20, 0.5, 1024]) {
      const scaled = await quantize(x.map((value) => value * factor));
      expect(scaled.values).toEqual(values.map((value) => value * factor));
    }
    const scaled = await quantize(x.map((value) => value * 0.3));
    expect(
      distortion(
        x,
        scaled.values.map((value) => value / 0.3),
      ) / distortion(x, values),
    ).toBeCloseTo(1, 2);
  });

  it('keeps zeros, and constants exactly', async () => {
    for (const value of [0, 1, -0.1, 3e-7, 5e30]) {
      const x = new Float32Array(5000).fill(value);
      expect(bitsOf((await quantize(x)).values)).toEqual(bitsOf(x));
    }
  });

  it('stays finite for single numbers, tiny and huge ones', async () => {
    const oneHot = new Float32Array(4096);
    oneHot[77] = -2;
    const huge = normalSample(4096, 1).map((value) => value * 8e37);
    const denormal = normalSample(4096, 2).map((value) => value * 1e-44);
    for (const x of [oneHot, huge, denormal]) {
      const { values } = await quantize(x);
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(distortion(oneHot, (await quantize(oneHot)).values)).toBeLessThan(0.1);
  });

  it('does the same twice and leaves its input alone', async () => {
    const x = normalSample(6000, 5);
    const copy = x.slice();
    const first = await quantize(x);
    const second = await quantize(x);
    expect(x).toEqual(copy);
    expect(first).toEqual(second);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    controller.abort(reason);
    const x = normalSample(20_000, 5);
    await expect(method.quantize(x, [x.length], { ...options, signal: controller.signal })).rejects.toBe(
      reason,
    );
  });

  it('reports progress that grows to at most one', async () => {
    const fractions: number[] = [];
    const x = normalSample(50_000, 5);
    await method.quantize(x, [x.length], { ...options, onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions.length).toBeGreaterThan(2);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
  });
});

it('reads the vectors of the published format, to the bit', () => {
  for (const { method, parts, shape, values, ...options } of vectors.tensors) {
    const decoded = quantizationMethod(method as QuantizationMethodId).dequantize(
      new Map(Object.entries(parts).map(([suffix, hex]) => [suffix, bytes(hex)])),
      shape,
      options,
    );
    expect(bitsOf(decoded)).toEqual(bitsOf(floats(values)));
  }
});

describe('kashin-greedy', () => {
  it('has a distortion below 0.0168 on normal numbers, at 4.016 bits', async () => {
    // 0.0208 is published for separate codebooks clustered after convergence, 0.0167 with closed-form seeds.
    const x = normalSample(2 ** 18, 1);
    const { values, parts, iterations } = await kashinGreedy.quantize(x, [512, 512], KASHIN);
    const d = distortion(x, values);
    expect(d).toBeGreaterThan(0.0155);
    expect(d).toBeLessThan(0.0168);
    expect(iterations).toBeLessThan(20);
    const bits = (8 * parts.reduce((sum, part) => sum + part.bytes.length, 0)) / x.length;
    expect(bits).toBeCloseTo(4 + 64 / 4096, 3);
  });

  it('bears rows of all sizes and outliers, where one factor no longer has four sharp peaks', async () => {
    const x = normalSample(2 ** 16, 1).map((value, i) => value * Math.exp(((i >> 8) % 7) - 3));
    for (let i = 0; i < x.length; i += 5000) x[i] = 60;
    const { values } = await kashinGreedy.quantize(x, [256, 256], KASHIN);
    expect(distortion(x, values)).toBeLessThan(0.045);
  });

  it('is odd: the negated tensor gives negated values', async () => {
    const x = normalSample(8192, 7);
    const { values } = await kashinGreedy.quantize(x, [8192], KASHIN);
    const negated = await kashinGreedy.quantize(
      x.map((value) => -value),
      [8192],
      KASHIN,
    );
    expect(negated.values).toEqual(values.map((value) => -value));
  });

  it('tells how the decomposition went', async () => {
    const x = normalSample(2 ** 15, 1);
    const { decomposition, iterations } = await kashinGreedy.quantize(x, [x.length], KASHIN);
    expect(decomposition!.residual[0]).toBe(1);
    expect(decomposition!.residual.length).toBe(iterations + 1);
    expect(decomposition!.residual.at(-1)).toBeLessThanOrEqual(1e-3);
    for (const histogram of [decomposition!.histogram.u, decomposition!.histogram.v]) {
      expect(histogram.counts.reduce((a, b) => a + b)).toBe(x.length);
      expect(histogram.centroids).toEqual(histogram.centroids.toSorted((a, b) => a - b));
      expect(histogram.centroids[3]).toBeCloseTo(1.46, 1);
      expect(histogram.centroids[2]).toBeCloseTo(0.37, 1);
    }
  });
});

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
    const { values, parts } = await rtn.quantize(x, [x.length], { ...RTN, bits });
    expect(distortion(x, values)).toBeLessThan(limit);
    const stored = (8 * parts.reduce((sum, part) => sum + part.bytes.length, 0)) / x.length;
    expect(stored).toBeCloseTo(bits + (16 + bits) / 128, 3);
  });

  it('at 8 bits is off by at most the rounding where nothing needs clipping', async () => {
    const x = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i));
    const { values } = await rtn.quantize(x, [4096], { ...RTN, bits: 8 });
    // Half a step of the full range [−1, 1] in 255 steps, and the rounding of the step to float16.
    const worst = Math.max(...x.map((value, i) => Math.abs(value - values[i]!)));
    expect(worst).toBeLessThan(0.5 * (2 / 255) + 128 * (2 / 255) * 2 ** -11 + 1 / 255);
  });

  it('treats groups one by one: exchanged groups give exchanged values', async () => {
    const x = normalSample(1024, 1).map((value, i) => value * (1 + (i >> 7)));
    const exchange = (z: Float32Array) => Float32Array.from([...z.subarray(512), ...z.subarray(0, 512)]);
    const { values } = await rtn.quantize(x, [1024], RTN);
    const exchanged = await rtn.quantize(exchange(x), [1024], RTN);
    expect(exchanged.values).toEqual(exchange(values));
  });

  it('uses its zero points on one-sided groups', async () => {
    const x = normalSample(4096, 1).map(Math.abs);
    const { values } = await rtn.quantize(x, [4096], RTN);
    expect(distortion(x, values)).toBeLessThan(0.003);
    const negative = await rtn.quantize(
      x.map((value) => -value),
      [4096],
      RTN,
    );
    expect(
      distortion(
        x,
        negative.values.map((value) => -value),
      ),
    ).toBeLessThan(0.003);
  });
});
