import { Random } from '../../../src/math/random';

/** Matrices as hard to code as those of trained models, by what is hard about them. */
export const STRUCTURED: Readonly<Record<string, (rows: number, columns: number) => Float32Array>> = {
  'Student-t4': (rows, columns) => {
    const random = new Random(1);
    return Float32Array.from({ length: rows * columns }, () => {
      const chi = [1, 2, 3, 4].reduce((sum) => sum + random.normal() ** 2, 0);
      return random.normal() / Math.sqrt(chi / 4);
    });
  },
  'outlier-channel': (rows, columns) => {
    const random = new Random(2);
    const large = [5, columns >> 1, columns - 3];
    return Float32Array.from(
      { length: rows * columns },
      (_, i) => random.normal() * (large.includes(i % columns) ? 50 : 1),
    );
  },
  'log-normal-row': (rows, columns) => {
    const random = new Random(3);
    const sizes = Float64Array.from({ length: rows }, () => Math.exp(random.normal()));
    return Float32Array.from(
      { length: rows * columns },
      (_, i) => random.normal() * sizes[Math.floor(i / columns)]!,
    );
  },
  'nearly rank-1': (rows, columns) => {
    const random = new Random(4);
    const left = Float64Array.from({ length: rows }, () => random.normal());
    const right = Float64Array.from({ length: columns }, () => random.normal());
    return Float32Array.from(
      { length: rows * columns },
      (_, i) => left[Math.floor(i / columns)]! * right[i % columns]! + 0.05 * random.normal(),
    );
  },
};
