import type { TrellisWeights } from './weights';

export interface TrellisPath {
  /** u · 2^L + w of each weight: the entry of the table that stands for it. */
  readonly entries: Uint16Array;
  /** State after the last weight, where the next path may start. */
  readonly end: number;
}

/**
 * Finds the path through the trellis with nearly the least squared distance to the weights, by Viterbi's
 * algorithm in stretches of 512 weights with 48 more looked at. It leaves `start` and ends anywhere.
 *
 * Costs are unsigned 16-bit numbers that saturate, less the least of all states at each weight. Where
 * candidates are equally near, the lower window and then the lower bucket wins.
 */
export type TrellisSearch = (weights: TrellisWeights, start: number) => TrellisPath;
