import { describe, expect, it } from 'vitest';
import { hadamard } from '../../../src/math/hadamard';
import { Random } from '../../../src/math/random';

function normals(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
}

/** The definition in docs/native-format.md, one level after the other. */
function plainHadamard(z: Float32Array): Float32Array {
  const result = z.slice();
  for (let h = 1; h < z.length; h *= 2) {
    for (let i = 0; i < z.length; i++) {
      if ((i & h) !== 0) continue;
      const a = result[i]!;
      const b = result[i + h]!;
      result[i] = a + b;
      result[i + h] = a - b;
    }
  }
  const scale = Math.fround(1 / Math.sqrt(z.length));
  return result.map((value) => value * scale);
}

describe('hadamard', () => {
  it('multiplies by the matrix with entries (−1)^popcount(i & j) / √n', () => {
    const n = 16;
    for (let j = 0; j < n; j++) {
      const column = new Float32Array(n);
      column[j] = 1;
      hadamard(column);
      for (let i = 0; i < n; i++) {
        let sign = 1;
        for (let common = i & j; common > 0; common >>= 1) if (common & 1) sign = -sign;
        expect(column[i]).toBe(sign / 4);
      }
    }
  });

  it.each([1, 2, 4, 8, 32, 2048, 8192, 16384, 32768, 131072])(
    'gives length %i the bits of the plain algorithm',
    (length) => {
      const z = normals(length, length);
      const expected = plainHadamard(z);
      hadamard(z);
      expect(z).toEqual(expected);
    },
  );

  it('keeps the norm and undoes itself', () => {
    const original = normals(2 ** 15, 1);
    const z = original.slice();
    hadamard(z);
    expect(norm(z) / norm(original)).toBeCloseTo(1, 6);
    hadamard(z);
    expect(z.every((value, i) => Math.abs(value - original[i]!) < 3e-6)).toBe(true);
  });

  it('transforms columns of a matrix in the middle of an array, and nothing else', () => {
    const [rows, columns, start] = [8, 5, 7];
    const data = normals(start + rows * columns + 4, 3);
    const expected = data.slice();
    for (let c = 0; c < columns; c++) {
      const column = Float32Array.from({ length: rows }, (_, r) => data[start + r * columns + c]!);
      plainHadamard(column).forEach((value, r) => (expected[start + r * columns + c] = value));
    }
    hadamard(data, start, rows * columns, columns);
    expect(data).toEqual(expected);
  });
});

function norm(z: Float32Array): number {
  return Math.sqrt(z.reduce((sum, value) => sum + value * value, 0));
}
