import { nearestIndex } from './nearestIndex';
import type { PathSearch } from './search';
import { cosetOf, type Trellis } from './trellis';

/** Cost of a state that the search may not start from. */
const OUTSIDE = 8192;

/**
 * The Viterbi search that `assembly/dependentSearch.ts` does, in plain TypeScript: its oracle. All costs are
 * 16-bit integers that wrap, so both find the same path.
 */
export function createPlainSearch(trellis: Trellis): PathSearch {
  const { stateBits } = trellis;
  const states = 2 ** stateBits;
  const cosets = Uint8Array.from({ length: 2 * states }, (_, w) => cosetOf(trellis, w));

  return (targets, start) => {
    const { length } = targets;
    const choices = new Uint8Array(length * states);
    let costs = new Int16Array(states).fill(OUTSIDE);
    costs[start] = 0;
    let next = new Int16Array(states);
    const metrics = new Int16Array(4);
    for (let t = 0; t < length; t++) {
      takeMetrics(targets[t]!, metrics);
      for (let j = 0; j < states; j++) {
        const other = j | states;
        const stay = wrap(costs[j >> 1]! + metrics[cosets[j]!]!);
        const move = wrap(costs[other >> 1]! + metrics[cosets[other]!]!);
        const better = wrap(move - stay) < 0;
        choices[t * states + j] = better ? 1 : 0;
        next[j] = better ? move : stay;
      }
      [costs, next] = [next, costs];
    }
    let end = 0;
    for (let j = 1; j < states; j++) if (wrap(costs[j]! - costs[end]!) < 0) end = j;
    const indices = new Int16Array(length);
    let j = end;
    for (let t = length - 1; t >= 0; t--) {
      const w = (choices[t * states + j]! << stateBits) | j;
      indices[t] = nearestIndex(targets[t]!, cosets[w]!);
      j = w >> 1;
    }
    return { indices, start: j, end };
  };
}

/** Squared distances from a target to the four cosets, in units of 1/512 of a squared step. */
function takeMetrics(target: number, metrics: Int16Array): void {
  const x = saturate(Math.floor(Math.fround(Math.fround(16384 * target) + 0.5)));
  for (let coset = 0; coset < 4; coset++) {
    const error = wrap(x - (coset << 14)) >> 8;
    metrics[coset] = (error * error) >> 3;
  }
}

/** A number as a 32-bit integer, as WebAssembly converts it. */
function saturate(x: number): number {
  return Math.min(Math.max(x, -(2 ** 31)), 2 ** 31 - 1);
}

/** An integer modulo 2¹⁶, with a sign. */
function wrap(x: number): number {
  return (x << 16) >> 16;
}
