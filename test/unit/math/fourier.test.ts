import { describe, expect, it } from 'vitest';
import { createFourier } from '../../../src/math/fourier';
import { Random } from '../../../src/math/random';

function complexNormals(length: number): { re: Float64Array; im: Float64Array } {
  const random = new Random(length);
  const draw = () => Float64Array.from({ length }, () => random.normal());
  return { re: draw(), im: draw() };
}

describe('the Fourier transform', () => {
  it.each([1, 2, 3, 5, 8, 12, 43, 64, 97])('of length %i is the sum of its definition', (n) => {
    const { re, im } = complexNormals(n);
    const [a, b] = [re.slice(), im.slice()];
    createFourier(n).transform(a, b);
    for (let k = 0; k < n; k++) {
      let real = 0;
      let imaginary = 0;
      for (let j = 0; j < n; j++) {
        const angle = (-2 * Math.PI * j * k) / n;
        real += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
        imaginary += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
      }
      expect(a[k]).toBeCloseTo(real, 10);
      expect(b[k]).toBeCloseTo(imaginary, 10);
    }
  });

  it.each([4096, 4095, 8191, 65537])('of length %i is undone with its parts exchanged', (n) => {
    const { re, im } = complexNormals(n);
    const [a, b] = [re.slice(), im.slice()];
    const fourier = createFourier(n);
    fourier.transform(a, b);
    fourier.transform(b, a);
    expect(a.every((value, i) => Math.abs(value / n - re[i]!) < 1e-12)).toBe(true);
    expect(b.every((value, i) => Math.abs(value / n - im[i]!) < 1e-12)).toBe(true);
  });
});
