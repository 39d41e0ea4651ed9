/** Bins of the histogram of one factor, over ±3 root mean squares of it; what lies beyond counts in the outer ones. */
export const BINS = 120;
export const REACH = 3;
/** Bins of either axis of the joint histogram, over ±2.5 root mean squares of what was decomposed. */
export const JOINT_BINS = 60;
export const JOINT_REACH = 2.5;

/**
 * Entries of both factors counted for the report, and what codes stand for. Plain data: it crosses threads.
 * Each factor alone is in units of its root mean square in its chunk; pairs are in units of the root mean square
 * of what was decomposed, in which codes are chosen.
 */
export interface FactorCounts {
  readonly u: Float64Array;
  readonly v: Float64Array;
  /** Row-major `[bins of u, bins of v]`. */
  readonly joint: Float64Array;
  /** Ascending centroids of each factor: the mean over chunks. */
  readonly centroids: { readonly u: readonly number[]; readonly v: readonly number[] };
  /** Chunks that the centroids are the mean of. */
  readonly chunks: number;
  /** Pairs that codes stand for, of the first chunk. */
  readonly pairs: readonly (readonly [number, number])[];
}

/**
 * Counts one chunk.
 * @param u as `v`, in units of the root mean square of the vector that it is a factor of
 * @param pairs what the codes of the chunk stand for, in the same units
 */
export function countFactors(
  u: Float32Array,
  v: Float32Array,
  pairs: readonly (readonly [number, number])[],
): FactorCounts {
  const [uUnit, vUnit] = [rootMeanSquareOr1(u), rootMeanSquareOr1(v)];
  const counts = {
    u: new Float64Array(BINS),
    v: new Float64Array(BINS),
    joint: new Float64Array(JOINT_BINS * JOINT_BINS),
  };
  for (let i = 0; i < u.length; i++) {
    counts.u[bin(u[i]! / uUnit, BINS, REACH)]!++;
    counts.v[bin(v[i]! / vUnit, BINS, REACH)]!++;
    const row = bin(u[i]!, JOINT_BINS, JOINT_REACH);
    counts.joint[row * JOINT_BINS + bin(v[i]!, JOINT_BINS, JOINT_REACH)]!++;
  }
  const distinct = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  return {
    ...counts,
    centroids: { u: distinct(pairs.map(([a]) => a / uUnit)), v: distinct(pairs.map(([, b]) => b / vUnit)) },
    chunks: 1,
    pairs,
  };
}

/** Counts of both together; the pairs are those of the first. */
export function mergeCounts(a: FactorCounts, b: FactorCounts): FactorCounts {
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + y[i]!);
  const chunks = a.chunks + b.chunks;
  const mean = (x: readonly number[], y: readonly number[]) =>
    x.length === y.length ? x.map((value, i) => (a.chunks * value + b.chunks * y[i]!) / chunks) : x;
  return {
    u: add(a.u, b.u),
    v: add(a.v, b.v),
    joint: add(a.joint, b.joint),
    centroids: { u: mean(a.centroids.u, b.centroids.u), v: mean(a.centroids.v, b.centroids.v) },
    chunks,
    pairs: a.pairs,
  };
}

function bin(value: number, bins: number, reach: number): number {
  return Math.min(Math.max(Math.floor((value + reach) * (bins / (2 * reach))), 0), bins - 1);
}

function rootMeanSquareOr1(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) || 1;
}
