import { describe, expect, it } from 'vitest';
import { hadamard } from '../../../../../src/math/hadamard';
import { Random } from '../../../../../src/math/random';
import { blocksOf, frameSigns } from '../../../../../src/quantize/kashin/search/blocks';
import { LevelFit } from '../../../../../src/quantize/kashin/search/fitLevels';
import { frameOf, nearestLevel } from '../../../../../src/quantize/kashin/search/frame';
import { logisticNoise, noiseFactor } from '../../../../../src/quantize/kashin/search/noise';
import { createPlainSearch } from '../../../../../src/quantize/kashin/search/plainSearch';
import { LANES, type FrameTargets } from '../../../../../src/quantize/kashin/search/search';
import { createSearchKernel } from '../../../../../src/quantize/kashin/search/searchKernel';
import { hadamardOfCodes, signedLevels } from '../../../../../src/quantize/kashin/search/synthesis';

/** Targets of any size, those that saturate among them. */
function targets(length: number, size: number, random: Random): FrameTargets {
  const numbers = () =>
    Int16Array.from({ length: LANES * length }, () =>
      Math.max(-16383, Math.min(16383, Math.round(size * random.normal()))),
    );
  return { x: numbers(), rotated: numbers() };
}

describe('the frame search', () => {
  it.each([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])(
    'of blocks of %i finds the same factors in WebAssembly and in TypeScript',
    (length) => {
      const random = new Random(length);
      for (const bits of [2, 3, 4]) {
        const frame = frameOf(bits)!;
        const [plain, kernel] = [createPlainSearch, createSearchKernel].map((create) =>
          create(frame, length, 9),
        );
        for (const size of [30, 1000, 20_000]) {
          const wanted = targets(length, size, random);
          const seed = random.nextUint32();
          expect(kernel!(wanted, seed)).toEqual(plain!(wanted, seed));
        }
      }
    },
  );

  it('gives odd whole numbers within their bounds', () => {
    for (const bits of [2, 3, 4]) {
      const frame = frameOf(bits)!;
      const { u, v } = createSearchKernel(frame, 64, 20)(targets(64, 3000, new Random(1)), 1);
      expect(new Set(u)).toEqual(
        new Set(Array.from({ length: 2 ** (bits - 1) }, (_, c) => 2 * c - frame.largest)),
      );
      expect(new Set(v)).toEqual(new Set([-1, 1]));
    }
  });

  it('finds the best factors of short blocks, or nearly', () => {
    const frame = frameOf(2)!;
    const length = 8;
    const ofLevel = frame.ofU * Math.sqrt(length);
    const random = new Random(3);
    const search = createSearchKernel(frame, length, 1000);
    // What a decoder is off by, where u is the best for v.
    const error = (x: Float64Array, v: Uint8Array) => {
      const sums = hadamardOfCodes(v);
      return x.reduce((sum, value, i) => {
        const rest = value - frame.ofV * sums[i]!;
        return sum + (Math.abs(rest) - ofLevel) ** 2;
      }, 0);
    };
    for (let round = 0; round < 20; round++) {
      const block = Float32Array.from({ length }, () => ((ofLevel * random.normal()) / 0.64) | 0);
      const rotated = block.slice();
      hadamard(rotated);
      const x = Float64Array.from(block);
      const spread = (z: Float32Array) =>
        Int16Array.from({ length: LANES * length }, (_, i) => Math.round(z[Math.floor(i / LANES)]!));
      const wanted = { x: spread(block), rotated: spread(rotated) };
      const { v } = search(wanted, round);
      const found = Array.from({ length: LANES }, (_, lane) =>
        error(
          x,
          Uint8Array.from({ length }, (_, i) => (v[LANES * i + lane]! + 1) / 2),
        ),
      );
      const all = Array.from({ length: 2 ** length }, (_, code) =>
        error(
          x,
          Uint8Array.from({ length }, (_, i) => (code >> i) & 1),
        ),
      );
      expect(Math.min(...found)).toBeLessThanOrEqual(1.01 * Math.min(...all));
    }
  });
});

describe('its parts', () => {
  it('draw logistic noise of the scale that they are told', () => {
    const noise = logisticNoise();
    expect(noise.length).toBe(16384);
    expect(Math.abs(noise.reduce((sum, entry) => sum + entry, 0) / noise.length)).toBeLessThan(0.5);
    // The variance of a logistic variable is π²/3; sixteenths, rounded.
    const variance = noise.reduce((sum, entry) => sum + (entry / 16) ** 2, 0) / noise.length;
    expect(variance / (Math.PI ** 2 / 3)).toBeCloseTo(1, 1);
    for (const scale of [0.02, 0.7, 1, 3.3, 117, 255, 900]) {
      const [factor, shift] = noiseFactor(scale);
      expect(factor).toBeLessThanOrEqual(255);
      expect(shift).toBeLessThan(16);
      expect(Math.abs((16 * factor) / 2 ** shift / scale - 1)).toBeLessThan(scale < 0.1 ? 0.1 : 0.005);
    }
    expect(noiseFactor(0)).toEqual([0, 0]);
  });

  it('take the nearest level', () => {
    expect([-400, -1, 0, 99, 100, 101, 250, 999].map((x) => nearestLevel(x, 1, 100))).toEqual([
      -1, -1, 1, 1, 1, 1, 1, 1,
    ]);
    expect([-250, -101, -100, 0, 101, 250, 999].map((x) => nearestLevel(x, 7, 100))).toEqual([
      -5, -3, -1, 1, 3, 5, 7,
    ]);
  });

  it('cut rows into blocks of 512 and then powers of two, and pad nothing', () => {
    const lengths = (count: number, row: number) => blocksOf(count, row).map(({ start, end }) => end - start);
    expect(lengths(1300, 1300)).toEqual([512, 512, 256, 16, 4]);
    expect(lengths(768, 384)).toEqual([256, 128, 256, 128]);
    expect(lengths(3, 3)).toEqual([2, 1]);
    for (const [count, row] of [
      [65_536, 65_536],
      [70_000, 1000],
      [999, 37],
    ] as const) {
      let next = 0;
      for (const { start, end } of blocksOf(count, row)) {
        expect(start).toBe(next);
        expect(Math.floor(start / row)).toBe(Math.floor((end - 1) / row));
        next = end;
      }
      expect(next).toBe(count);
    }
  });

  it('have signs of their own', () => {
    const signs = frameSigns(7);
    expect(signs.length).toBe(512);
    expect(signs.every((sign) => Math.abs(sign) === 1)).toBe(true);
    expect(Math.abs(signs.reduce((sum, sign) => sum + sign, 0))).toBeLessThan(80);
    expect(frameSigns(8)).not.toEqual(signs);
  });

  it('transform signs exactly', () => {
    const codes = Uint8Array.of(1, 0, 0, 1);
    expect(Array.from(hadamardOfCodes(codes))).toEqual([0, 0, 0, 4]);
    expect(Array.from(hadamardOfCodes(new Uint8Array(512).fill(1)).subarray(0, 3))).toEqual([512, 0, 0]);
    expect(Array.from(signedLevels(Float32Array.of(0.5, 1.5, 0.25)))).toEqual([-1.5, -0.5, 0.5, 1.5]);
  });

  it('fit levels that made the numbers', () => {
    const random = new Random(2);
    const u = Uint8Array.from({ length: 2000 }, () => random.integer(4));
    const sums = Int16Array.from({ length: 2000 }, () => random.integer(41) - 20);
    const levels = [-1.25, -0.5, 0.5, 1.25];
    const x = Float32Array.from(u, (code, i) => levels[code]! + 0.75 * sums[i]! * 0.1);
    const fit = new LevelFit(2);
    fit.add(x.subarray(0, 900), u.subarray(0, 900), sums.subarray(0, 900), 0.1);
    expect(fit.solve()).toBeUndefined();
    fit.add(x.subarray(900), u.subarray(900), sums.subarray(900), 0.1);
    const fitted = Array.from(fit.solve()!);
    [0.5, 1.25, 0.75].forEach((level, k) => expect(fitted[k]).toBeCloseTo(level, 5));
  });
});
