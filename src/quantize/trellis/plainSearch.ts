import type { TrellisCode } from './code';
import type { TrellisSearch } from './search';
import type { TrellisWeights } from './weights';

/** Weights that are settled at a time, and how many more are looked at before they are. */
const SETTLED = 512;
const LOOK_AHEAD = 48;
/** Cost of the states that a path may not start in. */
const FORBIDDEN = 60000;
const SATURATED = 65535;

/** The search in plain TypeScript; the kernel finds the same entries. */
export function createPlainSearch(code: TrellisCode): TrellisSearch {
  return ({ weights, places }, start) => {
    const count = weights.length;
    const entries = new Uint16Array(count);
    let end = start;
    for (let done = 0; done < count;) {
      const rest = count - done;
      const length = Math.min(rest, SETTLED + LOOK_AHEAD);
      const settled = length === rest ? rest : SETTLED;
      const stretch = {
        weights: weights.subarray(done, done + length),
        places: places.subarray(done, done + length),
      };
      const found = trace(code, stretch, costsOf(code, stretch, end), end);
      entries.set(found.subarray(0, settled), done);
      end = found[settled - 1]! & (code.states - 1);
      done += settled;
    }
    return { entries, end };
  };
}

/** Costs of all states before each weight and after the last, each row less its least. */
function costsOf(code: TrellisCode, { weights, places }: TrellisWeights, start: number): Uint16Array[] {
  const { states } = code;
  let from = new Uint16Array(states).fill(FORBIDDEN);
  from[start] = 0;
  const rows = [from];
  weights.forEach((weight, t) => {
    const to = new Uint16Array(states);
    for (let state = 0; state < states; state++) {
      let least = SATURATED;
      for (const window of [state, states + state]) {
        const cost = from[window >> 1]! + squaredDistance(code, weight, places[t]!, window);
        least = Math.min(least, cost);
      }
      to[state] = least;
    }
    const least = to.reduce((a, b) => Math.min(a, b));
    from = to.map((cost) => cost - least);
    rows.push(from);
  });
  return rows;
}

function squaredDistance(code: TrellisCode, weight: number, place: number, window: number): number {
  return Math.min(...candidates(code, place, window).map((entry) => (weight - code.values[entry]!) ** 2));
}

/** Entries of the table for a window in the buckets of a place. */
function candidates({ buckets, states }: TrellisCode, place: number, window: number): number[] {
  return [place - 1, place].filter((u) => u >= 0 && u < buckets).map((u) => u * 2 * states + window);
}

/**
 * Entries along the cheapest path, found from its end. Costs that are saturated may tie with those of
 * states that cannot be reached, so only reachable ones are looked at.
 */
function trace(
  code: TrellisCode,
  { weights, places }: TrellisWeights,
  costs: Uint16Array[],
  start: number,
): Uint16Array {
  let state = 0;
  let endCost = Infinity;
  costs.at(-1)!.forEach((cost, end) => {
    if (cost < endCost && isReachable(code, end, start, weights.length)) {
      endCost = cost;
      state = end;
    }
  });
  const entries = new Uint16Array(weights.length);
  for (let t = weights.length - 1; t >= 0; t--) {
    let bestCost = Infinity;
    for (const window of [state, code.states + state]) {
      if (!isReachable(code, window >> 1, start, t)) continue;
      for (const entry of candidates(code, places[t]!, window)) {
        const cost = costs[t]![window >> 1]! + (weights[t]! - code.values[entry]!) ** 2;
        if (cost < bestCost) {
          bestCost = cost;
          entries[t] = entry;
        }
      }
    }
    state = (entries[t]! & (2 * code.states - 1)) >> 1;
  }
  return entries;
}

/** Whether a state can follow on `start` after `steps` weights: all can once the window has filled anew. */
function isReachable({ windowBits }: TrellisCode, state: number, start: number, steps: number): boolean {
  const kept = windowBits - 1 - steps;
  return kept <= 0 || state >> steps === (start & ((1 << kept) - 1));
}
