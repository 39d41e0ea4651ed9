import { laplaceVector, normalVector, studentVector, type Matrix } from '../kashin/sources';

/** Length of a row: long enough for what a row costs by itself to vanish. */
export const COLUMNS = 4096;

/** A source of weights of which Shannon's bound is known in closed form. */
export interface GapSource {
  /** For people: `normal rows`. */
  readonly name: string;
  readonly variance: number;
  /**
   * Entropy power over variance: exp(2h)/(2πe σ²), where h is the entropy of a weight in nats. Any code of R
   * bits a weight has D ≥ 4^−R times it (Shannon's lower bound); at high rates this is the limit itself.
   */
  readonly entropyPower: number;
  make(rows: number, seed: number): Matrix;
}

/** One column of so many is an outlier channel, and so many times as large. */
const OUTLIER_PERIOD = 64;
const OUTLIER_SIZE = 10;
const OUTLIER_VARIANCE = (OUTLIER_PERIOD - 1 + OUTLIER_SIZE ** 2) / OUTLIER_PERIOD;

export const GAP_SOURCES: readonly GapSource[] = [
  {
    name: 'normal rows',
    variance: 1,
    entropyPower: 1,
    make: (rows, seed) => matrix(rows, (length) => normalVector(length, seed)),
  },
  {
    name: 'Laplace rows',
    variance: 2,
    // h = ln 2e
    entropyPower: Math.E / Math.PI,
    make: (rows, seed) => matrix(rows, (length) => laplaceVector(length, seed)),
  },
  {
    name: 'Student-t4 rows',
    variance: 2,
    // h = 5/2·(5/3 − 2 ln 2) + ln 8/3
    entropyPower: Math.exp(22 / 3) / (576 * Math.PI),
    make: (rows, seed) => matrix(rows, (length) => studentVector(length, 4, seed)),
  },
  {
    name: 'outlier channels',
    variance: OUTLIER_VARIANCE,
    // Of independent normal weights: the geometric mean of their variances over the arithmetic one.
    entropyPower: OUTLIER_SIZE ** (2 / OUTLIER_PERIOD) / OUTLIER_VARIANCE,
    make: (rows, seed) => matrix(rows, (length) => outlierChannels(length, seed)),
  },
];

function matrix(rows: number, make: (length: number) => Float32Array): Matrix {
  return { rows, columns: COLUMNS, values: make(rows * COLUMNS) };
}

function outlierChannels(length: number, seed: number): Float32Array {
  return normalVector(length, seed).map((value, i) =>
    i % OUTLIER_PERIOD === OUTLIER_PERIOD / 2 ? OUTLIER_SIZE * value : value,
  );
}
