/** A range of consecutive elements. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Consecutive ranges of `length` elements from `start` to `end`; the last one may be shorter. */
export function* consecutive(start: number, end: number, length: number): Generator<Range> {
  for (let from = start; from < end; from += length) {
    yield { start: from, end: Math.min(from + length, end) };
  }
}

/** Weights that a chunk of whole groups aims at: 256 kB of codes at 8 bits, a table of 0.0003 bits a weight. */
const CHUNK_WEIGHTS = 2 ** 18;

/** Ranges of `size` elements, each of whole groups (but for the last group), near 2¹⁸ elements each. */
export function chunksOfGroups(size: number, groupSize: number): readonly Range[] {
  const groups = Math.max(1, Math.floor(CHUNK_WEIGHTS / groupSize));
  return [...consecutive(0, size, groups * groupSize)];
}
