import { describe, expect, it } from 'vitest';
import { kmeans } from '../../../../src/quantize/baselines/kmeans';
import { lloydMax } from '../../../../src/quantize/baselines/lloydMax';
import { nf4 } from '../../../../src/quantize/baselines/nf4';
import { NF4_LEVELS } from '../../../../src/quantize/baselines/nf4Decoder';
import { rotatedLloydMax } from '../../../../src/quantize/baselines/rotatedLloydMax';
import { decodePacked } from '../../../../src/quantize/decodeTensor';
import { decoderOf } from '../../../../src/quantize/decoders';
import { quantizationMethod } from '../../../../src/quantize/registry';
import { Random } from '../../../../src/math/random';
import { bitsPerWeight, describeContract, quantizeOptions } from '../methodContract';
import { distortion, normalSample } from '../samples';

describeContract(nf4, quantizeOptions({ bits: 4, groupSize: 64 }));
describeContract(kmeans, quantizeOptions({ bits: 4, groupSize: 128 }));
// A constant group is a level at a scale of float16.
describeContract(lloydMax, quantizeOptions({ bits: 4, groupSize: 128 }), { constantError: 2 ** -11 });
describeContract(lloydMax, quantizeOptions({ bits: 2, groupSize: 32 }), { constantError: 2 ** -11 });
describeContract(rotatedLloydMax, quantizeOptions({ bits: 3, groupSize: 128 }), { constantError: 2 ** -10 });

const SHAPE = [256, 1024];
const SIZE = 256 * 1024;
/** What stands before the chunks: their number, the head's length and checksum, and a chunk's. */
const FRAME = 8 * (12 + 8);

/** Student's t with four degrees of freedom, of variance 2. */
function studentSample(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => {
    const chi = Array.from({ length: 4 }, () => random.normal() ** 2).reduce((a, b) => a + b);
    return random.normal() / Math.sqrt(chi / 4);
  });
}

describe('distortion on normal numbers, at the bits that it costs', () => {
  it.each([
    // The levels in general have 0.1175, 0.03454, 0.009497.
    ['lloyd-max', 4, 4096, 0.0093, 0.0096, 4 + 16 / 4096 + (8 * (4 + 16)) / SIZE],
    // A scale fitted to a group of 128 takes a tenth off.
    ['lloyd-max', 2, 128, 0.113, 0.116, 2 + 16 / 128 + (8 * (4 + 4)) / SIZE],
    ['lloyd-max', 3, 128, 0.0315, 0.033, 3 + 16 / 128 + (8 * (4 + 8)) / SIZE],
    ['lloyd-max', 4, 128, 0.0083, 0.0087, 4 + 16 / 128 + (8 * (4 + 16)) / SIZE],
    ['lloyd-max', 8, 128, 0.00003, 0.000045, 8 + 16 / 128 + (8 * (4 + 256)) / SIZE],
    ['rotated-lloyd-max', 4, 128, 0.0083, 0.0087, 4 + 16 / 128 + (8 * (4 + 16)) / SIZE],
    ['nf4', 4, 64, 0.0083, 0.0087, 4 + 16 / 64 + (8 * 4) / SIZE],
    ['kmeans', 2, 128, 0.116, 0.1185, 2 + (8 * (4 + 2 * 4)) / SIZE],
    ['kmeans', 4, 128, 0.0093, 0.0096, 4 + (8 * (4 + 2 * 16)) / SIZE],
    ['kmeans', 8, 128, 0.00003, 0.000047, 8 + (8 * (4 + 2 * 256)) / SIZE],
  ] as const)('of %s at %i bits in groups of %i', async (id, bits, groupSize, least, most, cost) => {
    const x = normalSample(SIZE, 1);
    const options = quantizeOptions({ bits, groupSize });
    const quantized = await quantizationMethod(id).quantize(x, SHAPE, options);
    const d = distortion(x, quantized.values);
    expect(d).toBeGreaterThan(least);
    expect(d).toBeLessThan(most);
    expect(bitsPerWeight(quantized)).toBeCloseTo(cost + FRAME / SIZE, 6);
  });
});

describe('nf4', () => {
  it('puts the largest weight of a block on a level, and zeros on zero', async () => {
    const x = normalSample(4096, 2);
    for (let i = 0; i < x.length; i += 3) x[i] = 0;
    const { values } = await nf4.quantize(x, [64, 64], quantizeOptions({ bits: 4, groupSize: 64 }));
    for (let start = 0; start < x.length; start += 64) {
      const block = x.subarray(start, start + 64);
      const largest = Math.max(...block.map(Math.abs));
      const at = block.findIndex((value) => Math.abs(value) === largest);
      expect(values[start + at]! / x[start + at]!).toBeCloseTo(1, 3);
      for (const [i, value] of block.entries()) if (value === 0) expect(values[start + i]).toBe(0);
    }
  });

  it('uses its sixteen levels alone, the nearest one for each weight', async () => {
    const x = normalSample(4096, 3);
    const { values } = await nf4.quantize(x, [64, 64], quantizeOptions({ bits: 4, groupSize: 64 }));
    for (let start = 0; start < x.length; start += 64) {
      const scale = Math.max(...values.subarray(start, start + 64).map(Math.abs));
      for (let i = start; i < start + 64; i++) {
        const errors = NF4_LEVELS.map((level) => Math.abs(level * scale - x[i]!));
        expect(Math.abs(values[i]! - x[i]!)).toBeCloseTo(Math.min(...errors), 6);
      }
    }
  });
});

describe('kmeans', () => {
  it('finds the levels of a tensor that has no others, however unequally they are used', async () => {
    const levels = [-3, -0.5, 0, 4];
    const random = new Random(1);
    const x = Float32Array.from(
      { length: 20_000 },
      () => levels[random.uniform() < 0.9 ? 2 : random.integer(4)]!,
    );
    const { values } = await kmeans.quantize(x, [100, 200], quantizeOptions({ bits: 2, groupSize: 128 }));
    expect(distortion(x, values)).toBeLessThan(1e-7);
  });

  it('ends where neither levels nor codes can be improved alone', async () => {
    const x = studentSample(50_000, 1);
    const { values, levels } = await kmeans.quantize(
      x,
      [250, 200],
      quantizeOptions({ bits: 3, groupSize: 128 }),
    );
    for (const level of levels!) {
      const cell = x.filter((_, i) => Math.abs(values[i]! - level) < 1e-6);
      const mean = cell.reduce((sum, value) => sum + value, 0) / cell.length;
      expect(Math.abs(mean - level)).toBeLessThan(0.01);
    }
  });

  it('learns from a sample of a large tensor what it learns from all', async () => {
    const x = normalSample(2 ** 20, 4);
    const { values } = await kmeans.quantize(x, [1024, 1024], quantizeOptions({ bits: 4, groupSize: 128 }));
    expect(distortion(x, values)).toBeLessThan(0.0096);
  });
});

describe('rotated-lloyd-max', () => {
  const options = quantizeOptions({ bits: 4, groupSize: 128 });

  it('makes outliers and heavy tails as easy as normal numbers, where the levels alone do not', async () => {
    const heavy = studentSample(SIZE, 1);
    const outliers = normalSample(SIZE, 2);
    for (let i = 0; i < SIZE; i += 1000) outliers[i] = outliers[i]! * 30;
    for (const x of [heavy, outliers]) {
      const rotated = distortion(x, (await rotatedLloydMax.quantize(x, SHAPE, options)).values);
      const plain = distortion(x, (await lloydMax.quantize(x, SHAPE, options)).values);
      expect(rotated).toBeLessThan(0.0097);
      expect(plain).toBeGreaterThan(1.5 * rotated);
    }
  });

  it('rotates rows one by one: exchanged rows give exchanged values, and chunks are read alone', async () => {
    // Rows of 640, no power of two; two chunks.
    const shape = [800, 640];
    const x = normalSample(800 * 640, 3);
    const quantized = await rotatedLloydMax.quantize(x, shape, options);
    expect(quantized.packed.chunks.length).toBe(2);
    const decoder = decoderOf('rotated-lloyd-max')(quantized.coding, shape, quantized.packed.head);
    const { start, end } = decoder.ranges[1]!;
    expect(start % 640).toBe(0);
    expect(decoder.decode(1, quantized.packed.chunks[1]!)).toEqual(quantized.values.slice(start, end));
  });

  it('depends on its seed, which stands in the coding', async () => {
    const x = normalSample(SIZE, 3);
    const { packed, coding, values } = await rotatedLloydMax.quantize(x, SHAPE, { ...options, seed: 5 });
    expect(coding['seed']).toBe(5);
    const open = decoderOf('rotated-lloyd-max');
    const other = decodePacked(packed, { open, coding: { ...coding, seed: 6 }, shape: SHAPE });
    expect(distortion(x, values)).toBeLessThan(0.01);
    expect(distortion(x, other)).toBeGreaterThan(1);
  });
});
