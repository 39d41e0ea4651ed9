import { consecutive, type Range } from '../groups';

/**
 * Longest vector that is decomposed as one. Larger tensors are cut into segments of this length, each
 * with its own norm and steps: memory stays near 20 bytes × 2²⁴ = 340 MB, and a step takes under a second.
 */
const SEGMENT_LENGTH = 2 ** 24;

/** The segments of a tensor of `size` elements. */
export function segmentsOf(size: number): readonly Range[] {
  return [...consecutive(0, size, SEGMENT_LENGTH)];
}
