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
