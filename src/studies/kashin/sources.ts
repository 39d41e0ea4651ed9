import { Random } from '../../math/random';

/** Synthetic weights of the kinds that decompositions and codes are judged on; the same numbers for a seed. */

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major `[rows, columns]`. */
  readonly values: Float32Array;
}

/** Independent standard normal numbers. */
export function normalVector(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
}

/** Independent numbers from Student's t distribution: heavy tails, the heavier the fewer `degrees`. */
export function studentVector(length: number, degrees: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => {
    let squares = 0;
    for (let i = 0; i < degrees; i++) squares += random.normal() ** 2;
    return random.normal() / Math.sqrt(squares / degrees);
  });
}

/** Independent numbers from Laplace's distribution of scale 1, whose variance is 2. */
export function laplaceVector(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  const exponential = () => -Math.log(1 - random.uniform());
  return Float32Array.from({ length }, () => exponential() - exponential());
}

/** Normal numbers with `count` of them, anywhere, set to `size` standard deviations. */
export function spikedVector(length: number, seed: number, { count = 8, size = 40 } = {}): Float32Array {
  const values = normalVector(length, seed);
  const random = new Random(seed + 1);
  for (let k = 0; k < count; k++) values[random.integer(length)] = size;
  return values;
}

/** One number, and zeros. */
export function oneHotVector(length: number): Float32Array {
  const values = new Float32Array(length);
  values[Math.floor(0.3 * length)] = 1;
  return values;
}

/** Three whole periods of a cosine. */
export function cosineVector(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.cos((6 * Math.PI * i) / length));
}

export function normalMatrix(rows: number, columns: number, seed: number): Matrix {
  return { rows, columns, values: normalVector(rows * columns, seed) };
}

export function studentMatrix(rows: number, columns: number, seed: number): Matrix {
  return { rows, columns, values: studentVector(rows * columns, 3, seed) };
}

/** Normal numbers, each row multiplied by a size of its own: e to the power of a normal number. */
export function scaledRowsMatrix(rows: number, columns: number, seed: number): Matrix {
  const { values } = normalMatrix(rows, columns, seed);
  const random = new Random(seed + 1);
  for (let row = 0; row < rows; row++) {
    const size = Math.exp(random.normal());
    for (let i = row * columns; i < (row + 1) * columns; i++) values[i] = size * values[i]!;
  }
  return { rows, columns, values };
}

/** Normal numbers with three columns 50 times as large: outlier channels. */
export function outlierColumnsMatrix(rows: number, columns: number, seed: number): Matrix {
  const { values } = normalMatrix(rows, columns, seed);
  const outliers = new Random(seed + 1).permutation(columns).subarray(0, 3);
  for (let row = 0; row < rows; row++) {
    for (const column of outliers) {
      values[row * columns + column] = 50 * values[row * columns + column]!;
    }
  }
  return { rows, columns, values };
}

/** The product of two normal vectors, and 5 % normal noise. */
export function nearRankOneMatrix(rows: number, columns: number, seed: number): Matrix {
  const a = normalVector(rows, seed);
  const b = normalVector(columns, seed + 1);
  const noise = normalVector(rows * columns, seed + 2);
  const values = noise.map((value, i) => a[Math.floor(i / columns)]! * b[i % columns]! + 0.05 * value);
  return { rows, columns, values };
}
