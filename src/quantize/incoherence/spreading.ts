/** Which way weights are mixed. `rows` leaves each row by itself, as error feedback needs it. */
export const MIXINGS = ['rows', 'both'] as const;
export type Mixing = (typeof MIXINGS)[number];

/** The sides of a matrix. */
export interface Sides {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The incoherence transform of matrices of one shape: an orthogonal matrix spreads every weight over its row,
 * and another one over its column, so that what is coded looks normal whatever the weights look like.
 */
export interface Spreading {
  /** Columns first, then rows; in place. */
  spread(matrix: Float32Array): void;
  /** The opposite: rows first, then columns. */
  gather(matrix: Float32Array): void;
}

export type CreateSpreading = (sides: Sides, seed: number, mixing: Mixing) => Spreading;

/** Seeds that the transforms use, from the given one on; others are free for what comes after. */
export const SEEDS_USED = 4;

/**
 * Seeds of the involutions (src/math/involution.ts) that are applied one after another along a side, from
 * the given seed on for rows and from the next but one for columns: the same ones on both sides would leave
 * a diagonal matrix as it is. One involution mixes evenly where the length is a power of two. Others leave
 * parts of a vector with more of its energy than the rest, so two are applied.
 */
export function involutionSeeds(length: number, seed: number, side: keyof Sides): readonly number[] {
  const first = side === 'columns' ? seed : seed + 2;
  const isPower = 2 ** Math.floor(Math.log2(length)) === length;
  return (isPower ? [first] : [first, first + 1]).map((s) => s >>> 0);
}
