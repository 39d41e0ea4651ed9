import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { chunkMatrices } from '../../../../src/quantize/incoherence/layout';
import { createPlainSpreading } from '../../../../src/quantize/incoherence/plainSpreading';
import { scaleCodes, scaleOf, unitOf } from '../../../../src/quantize/incoherence/scales';
import { MIXINGS } from '../../../../src/quantize/incoherence/spreading';
import { createSpreadingKernel } from '../../../../src/quantize/incoherence/spreadingKernel';
import { bitsOf, normalSample } from '../samples';

/**
 * Powers of two, odd sides, primes, one row, one column; matrices larger than the part of a transform that stays
 * in the cache, with columns that vectors do not divide.
 */
const SHAPES = [
  [1, 1],
  [1, 1000],
  [64, 1],
  [16, 64],
  [128, 384],
  [7, 96],
  [43, 12],
  [3, 127],
  [170, 33],
  [32, 1103],
  [8, 4099],
  [31, 2050],
] as const;

/** Shapes of chunks, with odd numbers and multiples of 2 and of 4 on both sides. */
function randomShapes(count: number, seed: number): (readonly [rows: number, columns: number])[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const columns = 1 + random.integer(2 ** random.integer(15));
    return [1 + random.integer(Math.min(256, Math.floor(65536 / columns))), columns];
  });
}

/** Index of the first element with other bits, or −1. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  const bits = bitsOf(b);
  return bitsOf(a).findIndex((element, i) => element !== bits[i]);
}

describe('the incoherence transform', () => {
  it.each([...SHAPES, ...randomShapes(24, 1)])(
    'of %i × %i gives the same bits in WebAssembly and in TypeScript',
    (rows, columns) => {
      for (const mixing of MIXINGS) {
        const x = normalSample(rows * columns, columns);
        const [plain, kernel] = [createPlainSpreading, createSpreadingKernel].map((create) => {
          const spreading = create({ rows, columns }, 5, mixing);
          const spread = x.slice();
          spreading.spread(spread);
          const gathered = spread.slice();
          spreading.gather(gathered);
          return { spread, gathered };
        });
        expect(firstDifference(kernel!.spread, plain!.spread)).toBe(-1);
        expect(firstDifference(kernel!.gathered, plain!.gathered)).toBe(-1);
        const energy = (z: Float32Array) => z.reduce((sum, value) => sum + value * value, 0);
        expect(energy(kernel!.spread) / energy(x)).toBeCloseTo(1, 5);
        expect(kernel!.gathered.every((value, i) => Math.abs(value - x[i]!) < 1e-5)).toBe(true);
      }
    },
  );

  it('spreads one weight over its row, or over all', () => {
    const [rows, columns] = [32, 64];
    for (const mixing of MIXINGS) {
      const matrix = new Float32Array(rows * columns);
      matrix[10 * columns + 3] = 1;
      createSpreadingKernel({ rows, columns }, 1, mixing).spread(matrix);
      const touched = matrix.filter((value) => value !== 0).length;
      if (mixing === 'rows') {
        expect(touched).toBeLessThanOrEqual(columns);
        expect(matrix.subarray(10 * columns, 11 * columns).filter((value) => value !== 0).length).toBe(
          touched,
        );
      } else {
        expect(touched).toBeGreaterThan((rows * columns) / 2);
        expect(matrix.every((value) => Math.abs(value) < 0.2)).toBe(true);
      }
    }
  });

  it('does not leave a diagonal as it is', () => {
    const side = 64;
    const matrix = Float32Array.from({ length: side * side }, (_, i) => (i % (side + 1) === 0 ? 1 : 0));
    createSpreadingKernel({ rows: side, columns: side }, 1, 'both').spread(matrix);
    expect(matrix.every((value) => Math.abs(value) < 0.7)).toBe(true);
  });
});

describe('chunks of a matrix', () => {
  it.each([
    [1000 * 1024, 1024],
    [300 * 384, 384],
    [10 * 70_000, 70_000],
    [3 * 200_001, 200_001],
    [65_537, 1],
    [7, 7],
  ])('of %i weights in rows of %i cover it with whole rows or parts of rows', (size, columns) => {
    const chunks = chunkMatrices(size, columns);
    let next = 0;
    for (const { start, end, rows, columns: width } of chunks) {
      expect(start).toBe(next);
      expect(rows * width).toBe(end - start);
      expect(end - start).toBeLessThanOrEqual(65_536);
      if (rows > 1) expect([start % columns, width]).toEqual([0, columns]);
      else expect(Math.floor(start / columns)).toBe(Math.floor((end - 1) / columns));
      next = end;
    }
    expect(next).toBe(size);
    expect(chunks.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(size / 32_768)));
  });
});

describe('scales', () => {
  it('are eighths of octaves, exact at whole octaves', () => {
    expect(scaleOf(0)).toBe(0);
    for (let code = 1; code < 256; code++) {
      expect(scaleOf(code)).toBe(Math.fround(2 ** ((code - 128) / 8)));
    }
    expect([scaleOf(128), scaleOf(136), scaleOf(64)]).toEqual([1, 2, 2 ** -8]);
  });

  it('are within a sixteenth of an octave of the size of their group', () => {
    const x = normalSample(1000, 1).map((value, i) => value * 2 ** (Math.floor(i / 100) - 5));
    for (const [g, code] of scaleCodes(x, 100).entries()) {
      const group = x.subarray(100 * g, 100 * (g + 1));
      const rms = Math.sqrt(group.reduce((sum, value) => sum + value * value, 0) / 100);
      expect(Math.abs(Math.log2(scaleOf(code) / rms))).toBeLessThanOrEqual(1 / 16 + 1e-6);
    }
    expect(scaleCodes(new Float32Array(10), 4)).toEqual(new Uint8Array(3));
  });

  it('stand on a unit that is a power of two', () => {
    for (const size of [1e-44, 1e-30, 0.3, 1, 7, 1e38]) {
      const unit = unitOf(Float32Array.of(size, -size));
      expect(Number.isInteger(Math.log2(unit))).toBe(true);
      expect(Math.abs(Math.log2(unit / Math.fround(size)))).toBeLessThanOrEqual(0.5);
    }
    expect(unitOf(new Float32Array(3))).toBe(0);
  });
});
