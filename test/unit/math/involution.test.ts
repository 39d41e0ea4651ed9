import { describe, expect, it } from 'vitest';
import { createInvolution } from '../../../src/math/involution';
import { Random } from '../../../src/math/random';
import vectors from '../quantize/nativeVectors.json';
import { floats } from '../quantize/hex';

/** Powers of two, small odd factors, primes, twice a prime, 512 times a prime, just above and below powers. */
const LENGTHS = [1, 2, 3, 7, 64, 96, 1000, 4095, 4096, 4097, 6144, 8002, 8191, 11008, 14336, 65537];

function normals(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}

describe('the involution P', () => {
  it.each(LENGTHS)('of length %i is symmetric, orthogonal and its own inverse', (length) => {
    const random = new Random(length);
    const involution = createInvolution(length, 5);
    const apply = (z: Float32Array) => {
      const result = z.slice();
      involution.apply(result);
      return result;
    };
    const x = normals(length, random);
    const y = normals(length, random);
    const px = apply(x);
    const size = Math.sqrt(dot(x, x) * dot(y, y));
    expect(Math.abs(dot(px, y) - dot(x, apply(y))) / size).toBeLessThan(1e-6);
    expect(Math.abs(dot(px, px) / dot(x, x) - 1)).toBeLessThan(1e-6);
    const back = apply(px);
    const error = back.map((value, i) => value - x[i]!);
    expect(Math.sqrt(dot(error, error) / dot(x, x))).toBeLessThan(1e-6);
  });

  it.each([4096, 6144, 8191, 8002, 4097])('of length %i spreads every coordinate', (length) => {
    const involution = createInvolution(length, 1);
    for (const i of [0, 1, length >> 1, length - 1]) {
      const z = new Float32Array(length);
      z[i] = 1;
      involution.apply(z);
      const largest = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // A random unit vector has √(2·ln n / n), about 4 / √n; the odd lengths mix a little less evenly.
      expect(largest * Math.sqrt(length)).toBeLessThan(8);
    }
  });

  it('gives the vectors of the published format, to the bit', () => {
    for (const { length, seed, result } of vectors.involution) {
      const z = Float32Array.from({ length }, (_, i) => (((37 * i) % 101) - 50) / 32);
      createInvolution(length, seed).apply(z);
      expect(z).toEqual(floats(result));
    }
  });

  it('depends on the seed and refuses vectors of another length', () => {
    const [a, b] = [createInvolution(64, 1), createInvolution(64, 2)].map((involution) => {
      const z = Float32Array.from({ length: 64 }, (_, i) => i);
      involution.apply(z);
      return z;
    });
    expect(a).not.toEqual(b);
    expect(() => createInvolution(64, 1).apply(new Float32Array(63))).toThrow(RangeError);
  });
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
