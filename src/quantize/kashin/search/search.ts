/** Blocks that are searched together, one in each lane of a vector. */
export const LANES = 8;

/** Eight blocks in whole units, `[length, 8]`. */
export interface FrameTargets {
  readonly x: Int16Array;
  /** H x / √N. */
  readonly rotated: Int16Array;
}

/** Odd whole numbers, `[length, 8]`. */
export interface FrameFactors {
  readonly u: Int16Array;
  readonly v: Int16Array;
}

/**
 * Looks for u and v with x ≈ halfGap·u + b·H v / √N by simulated annealing in blocks (Gibbs sampling): since H
 * is orthogonal, all coordinates of v are independent given u, so they are drawn together, and then all
 * of u given v. A draw adds logistic noise to what is left for the coordinate and takes the nearest level.
 *
 * Sums saturate at 16 bits. `seed` chooses the noise.
 */
export type FrameSearch = (targets: FrameTargets, seed: number) => FrameFactors;
