import { nearestIndex } from './nearestIndex';
import { createSearchKernel } from './searchKernel';
import { cosetOf, trellisOf, type Trellis } from './trellis';

/**
 * Finds the cheapest path of a trellis for a row of targets.
 *
 * @param targets weights in units of their step, shrunken (see {@link fillTargets})
 * @param start the state that the path should start in
 */
export type PathSearch = (targets: Float32Array, start: number) => FoundPath;

export interface FoundPath {
  /** The integers on the path. */
  readonly indices: Int16Array;
  /** The state that it starts in. Costs keep it from any other but where targets are made to deceive. */
  readonly start: number;
  /** The state that it ends in. */
  readonly end: number;
}

/** A search of one trellis, and the trellis. */
export interface TrellisSearch {
  readonly trellis: Trellis;
  readonly find: PathSearch;
}

const searches = new Map<number, TrellisSearch>();

/** The search of the trellis with 2^`stateBits` states, in WebAssembly. */
export function trellisSearch(stateBits: number): TrellisSearch {
  let search = searches.get(stateBits);
  if (search === undefined) {
    const trellis = trellisOf(stateBits);
    if (trellis === undefined) throw new Error(`There is no trellis of ${stateBits} bits`);
    search = { trellis, find: createSearchKernel(trellis) };
    searches.set(stateBits, search);
  }
  return search;
}

/**
 * Writes the integers of the best path from state `start` to `indices`, as many as `targets`, and returns
 * the state that it ends in: a search of what follows may start there.
 */
export function searchFrom(
  { trellis, find }: TrellisSearch,
  targets: Float32Array,
  start: number,
  indices: Int16Array,
): number {
  let state = start;
  let done = 0;
  for (;;) {
    const path = find(targets.subarray(done), state);
    if (path.start === state) {
      indices.set(path.indices, done);
      return path.end;
    }
    // The path of another start fits so well that it pays its fine. What is chosen one by one is far from
    // it after as many weights as a state has bits.
    const stop = Math.min(done + trellis.stateBits, targets.length);
    for (; done < stop; done++) {
      const target = targets[done]!;
      const [first, second] = [0, 1].map((choice) => {
        const w = (state << 1) | choice;
        return { next: w & (2 ** trellis.stateBits - 1), index: nearestIndex(target, cosetOf(trellis, w)) };
      }) as [Choice, Choice];
      const chosen = Math.abs(target - second.index) < Math.abs(target - first.index) ? second : first;
      indices[done] = chosen.index;
      state = chosen.next;
    }
  }
}

interface Choice {
  readonly next: number;
  readonly index: number;
}
