import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { dependent } from '../../../../src/quantize/dependent/dependent';
import type { QuantizedTensor } from '../../../../src/quantize/method';
import { bitsPerWeight, describeContract, quantizeOptions, readBack } from '../methodContract';
import { bitsOf, distortion, normalSample } from '../samples';

const options = (bits: number, preset: 'fast' | 'balanced' | 'thorough' = 'balanced') =>
  quantizeOptions({ bits, preset, groupSize: 128 });

for (const bits of [2, 5]) describeContract(dependent, options(bits), { constantError: 0.01 });

/** Decibels above Shannon's limit for normal weights, by the bytes of the file. */
function gap(x: Float32Array, quantized: QuantizedTensor): number {
  return 10 * Math.log10(distortion(x, quantized.values) * 4 ** bitsPerWeight(quantized));
}

describe('dependent, everything in the file counted', () => {
  const x = normalSample(128 * 4096, 1);

  it.each([
    ['fast', 0.35],
    ['balanced', 0.25],
    ['thorough', 0.2],
  ] as const)('%s is less than %f dB above the limit on normal rows of 4096', async (preset, limit) => {
    for (const bits of [2, 3, 4]) {
      expect(gap(x, await dependent.quantize(x, [128, 4096], options(bits, preset)))).toBeLessThan(limit);
    }
  });

  it('takes the bits that it is told, real numbers too, and not more', async () => {
    for (const [rows, columns] of [
      [64, 64],
      [200, 300],
      [32, 4096],
    ] as const) {
      const sample = x.subarray(0, rows * columns);
      for (const bits of [1, 1.7, 3.14159, 4, 8]) {
        const taken = bitsPerWeight(await dependent.quantize(sample, [rows, columns], options(bits)));
        expect(taken).toBeLessThanOrEqual(bits);
        expect(taken).toBeGreaterThan(bits - 0.005);
      }
    }
  });
});

describe('dependent on weights that are not normal', () => {
  /** Student's t of four degrees of freedom. */
  function studentSample(length: number, seed: number): Float32Array {
    const random = new Random(seed);
    const square = () => random.normal() ** 2;
    return Float32Array.from(
      { length },
      () => random.normal() / Math.sqrt((square() + square() + square() + square()) / 4),
    );
  }

  /** Normal weights with every 64th channel ten times as large. */
  function outlierSample(rows: number, columns: number, along: 'rows' | 'columns'): Float32Array {
    return normalSample(rows * columns, 2).map((value, i) => {
      const channel = along === 'rows' ? Math.floor(i / columns) : i % columns;
      return channel % 64 === 7 ? 10 * value : value;
    });
  }

  it('has a smaller error than on normal ones, at the same bits', async () => {
    const shape = [256, 1024];
    const normal = normalSample(256 * 1024, 1);
    for (const bits of [2, 3, 4]) {
      const d = async (x: Float32Array) =>
        distortion(x, (await dependent.quantize(x, shape, options(bits))).values);
      const reference = await d(normal);
      expect(await d(studentSample(256 * 1024, 3))).toBeLessThan(reference);
      expect(await d(outlierSample(256, 1024, 'columns'))).toBeLessThan(0.8 * reference);
      expect(await d(outlierSample(256, 1024, 'rows'))).toBeLessThan(0.8 * reference);
    }
  });

  it('uses what it finds: rows of all sizes cost fewer bits than one class of them would', async () => {
    const x = normalSample(256 * 1024, 4).map((value, i) => value * 2 ** ((i >> 10) % 5));
    const quantized = await dependent.quantize(x, [256, 1024], options(4));
    const normal = normalSample(256 * 1024, 4);
    const reference = await dependent.quantize(normal, [256, 1024], options(4));
    // Five sizes, each twice the one before: their geometric mean is 2.1 times smaller than their quadratic.
    expect(distortion(x, quantized.values) / distortion(normal, reference.values)).toBeLessThan(
      1.1 * (4 ** 2 / ((1 + 4 + 16 + 64 + 256) / 5)),
    );
  });

  it('survives sparse tensors, integers, and rows of zeros', async () => {
    const random = new Random(1);
    const sparse = new Float32Array(128 * 512).map(() => (random.uniform() < 0.001 ? random.normal() : 0));
    const integers = new Float32Array(128 * 512).map(() => random.integer(5) - 2);
    const rows = normalSample(128 * 512, 1).map((value, i) => ((i >> 9) % 3 === 0 ? 0 : value));
    for (const x of [sparse, integers, rows]) {
      for (const bits of [2, 4]) {
        const quantized = await dependent.quantize(x, [128, 512], options(bits));
        expect(distortion(x, quantized.values)).toBeLessThan(4 ** -bits);
        expect(bitsPerWeight(quantized)).toBeLessThanOrEqual(bits);
      }
    }
  });
});

describe('the layout of dependent', () => {
  it('reads each chunk alone, of tensors of all shapes', async () => {
    for (const shape of [[1, 100_000], [3, 3, 64, 128], [300, 33], [2, 200_000], [70_001]]) {
      const size = shape.reduce((a, b) => a * b);
      const x = normalSample(size, size);
      const quantized = await dependent.quantize(x, shape, options(3));
      expect(bitsOf(await readBack(dependent, shape, quantized))).toEqual(bitsOf(quantized.values));
    }
  });
});
