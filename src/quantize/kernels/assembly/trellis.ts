// The search of the split-shift trellis, eight windows of 16 bits at a time.
//
// State j is reached by the windows j and j + states, from the states that these are without their last
// bit: so a window's predecessor is window >> 1, and windows 2i and 2i + 1 share theirs. The costs of all
// states at all weights are kept, and the choices made anew on the way back.

/** Weights that are settled at a time, and how many more are looked at before they are. */
const SETTLED = 512;
const LOOK_AHEAD = 48;
/** Cost of a state that the search may not start from. */
const OUTSIDE: u16 = 60000;

let states: i32 = 0;
let buckets: i32 = 0;
/** Bytes of a row of costs; the padding keeps rows from falling on the same cache lines. */
let rowBytes: usize = 0;

let values: usize = 0;
let weights: usize = 0;
let places: usize = 0;
let entries: usize = 0;
let costs: usize = 0;
let leasts: usize = 0;

/** Lays out the memory for a table `[buckets, 2 · states]` and searches of up to `count` weights. */
export function prepare(stateCount: i32, bucketCount: i32, count: i32): void {
  states = stateCount;
  buckets = bucketCount;
  rowBytes = 2 * <usize>states + 64;
  const padded = <usize>((count + 31) & ~31);
  const rows = <usize>(SETTLED + LOOK_AHEAD + 1);
  values = (__heap_base + 63) & ~63;
  weights = values + 4 * <usize>(buckets * states);
  places = weights + 2 * padded;
  entries = places + padded;
  costs = (entries + 2 * padded + 63) & ~63;
  leasts = costs + rows * rowBytes;
  const end = leasts + 4 * rows;
  const missing = <i32>((end + 65535) >> 16) - memory.size();
  if (missing > 0) memory.grow(missing);
}

/** Address of the table: int16. */
export function valuesAt(): usize {
  return values;
}

/** Address of the weights: int16, whole numbers in the table's units. */
export function weightsAt(): usize {
  return weights;
}

/** Address of the places: uint8; a weight at place p is compared with buckets p − 1 and p, if there are such. */
export function placesAt(): usize {
  return places;
}

/** Address of what `search` finds: uint16, bucket · 2 · states + window of each weight. */
export function entriesAt(): usize {
  return entries;
}

/** Finds the path nearest to `count` weights that leaves the state `start`; returns the state after it. */
export function search(count: i32, start: i32): i32 {
  let state = start;
  for (let done = 0; done < count; ) {
    const rest = count - done;
    const length = min(rest, SETTLED + LOOK_AHEAD);
    const settled = length == rest ? rest : SETTLED;
    forward(done, length, state);
    state = trace(done, length, settled, state);
    done += settled;
  }
  return state;
}

// @ts-ignore: decorator
@inline
function firstBucket(place: i32): i32 {
  return max(place - 1, 0);
}

// @ts-ignore: decorator
@inline
function lastBucket(place: i32): i32 {
  return min(place, buckets - 1);
}

/** Fills the rows of costs, and the least cost of each row. */
function forward(done: i32, length: i32, start: i32): void {
  for (let j = 0; j < states; j++) store<u16>(costs + 2 * <usize>j, j == start ? 0 : OUTSIDE);
  store<i32>(leasts, 0);
  let least = 0;
  let from = costs;
  for (let t = 0; t < length; t++) {
    const place = <i32>load<u8>(places + <usize>(done + t));
    const weight = load<i16>(weights + 2 * <usize>(done + t));
    const bucket = firstBucket(place);
    const table = values + 4 * <usize>(bucket * states);
    least = bucket < lastBucket(place) ? step(true, table, from, least, weight) : step(false, table, from, least, weight);
    store<i32>(leasts + 4 * <usize>(t + 1), least);
    from += rowBytes;
  }
}

/** Costs of all states after one more weight, from the row before; returns the least of them. */
// @ts-ignore: decorator
@inline
function step(two: bool, table: usize, from: usize, offset: i32, weight: i16): i32 {
  const x = i16x8.splat(weight);
  const subtrahend = i16x8.splat(<i16>offset);
  const half = <usize>states;
  const to = from + rowBytes;
  let least = i16x8.splat(-1);
  for (let j: usize = 0; j < half; j += 16) {
    const low = i16x8.sub_sat_u(v128.load(from + j), subtrahend);
    const high = i16x8.sub_sat_u(v128.load(from + half + j), subtrahend);
    const window = table + 2 * j;
    const other = window + 2 * half;
    const costs0 = i16x8.min_u(
      i16x8.add_sat_u(nearest(two, x, window), doubled(low, true)),
      i16x8.add_sat_u(nearest(two, x, other), doubled(high, true)),
    );
    const costs1 = i16x8.min_u(
      i16x8.add_sat_u(nearest(two, x, window + 16), doubled(low, false)),
      i16x8.add_sat_u(nearest(two, x, other + 16), doubled(high, false)),
    );
    v128.store(to + 2 * j, costs0);
    v128.store(to + 2 * j + 16, costs1);
    least = i16x8.min_u(least, i16x8.min_u(costs0, costs1));
  }
  least = i16x8.min_u(least, i8x16.shuffle(least, least, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  least = i16x8.min_u(least, i8x16.shuffle(least, least, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  least = i16x8.min_u(least, i8x16.shuffle(least, least, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  return i16x8.extract_lane_u(least, 0);
}

/** Least squared distance from x to the values of eight windows in one bucket, or in it and the next. */
// @ts-ignore: decorator
@inline
function nearest(two: bool, x: v128, value: usize): v128 {
  const distance = squaredDistance(x, value);
  if (!two) return distance;
  return i16x8.min_u(distance, squaredDistance(x, value + 4 * <usize>states));
}

// @ts-ignore: decorator
@inline
function squaredDistance(x: v128, value: usize): v128 {
  const difference = i16x8.sub(x, v128.load(value));
  return i16x8.mul(difference, difference);
}

/** The first or the last four lanes, each twice: the costs of the predecessors of eight windows. */
// @ts-ignore: decorator
@inline
function doubled(a: v128, first: bool): v128 {
  return first
    ? i8x16.shuffle(a, a, 0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7)
    : i8x16.shuffle(a, a, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 15, 14, 15);
}

/**
 * Follows the cheapest path backwards and keeps its first `settled` entries; returns the state after them.
 * Costs that are saturated may tie with those of states that cannot be reached: only reachable ones count.
 */
function trace(done: i32, length: i32, settled: i32, start: i32): i32 {
  let state = cheapestEnd(length, start);
  let end = state;
  for (let t = length - 1; t >= 0; t--) {
    if (t == settled - 1) end = state;
    const row = costs + <usize>t * rowBytes;
    const least = load<i32>(leasts + 4 * <usize>t);
    const weight = <i32>load<i16>(weights + 2 * <usize>(done + t));
    const place = <i32>load<u8>(places + <usize>(done + t));
    let best = 0;
    let bestCost = i32.MAX_VALUE;
    for (let window = state; window < 2 * states; window += states) {
      if (!isReachable(window >> 1, start, t)) continue;
      const cost = <i32>load<u16>(row + 2 * <usize>(window >> 1)) - least;
      for (let bucket = firstBucket(place); bucket <= lastBucket(place); bucket++) {
        const entry = bucket * 2 * states + window;
        const difference = weight - <i32>load<i16>(values + 2 * <usize>entry);
        const total = cost + difference * difference;
        if (total < bestCost) {
          bestCost = total;
          best = entry;
        }
      }
    }
    if (t < settled) store<u16>(entries + 2 * <usize>(done + t), <u16>best);
    state = (best & (2 * states - 1)) >> 1;
  }
  return end;
}

function cheapestEnd(length: i32, start: i32): i32 {
  const row = costs + <usize>length * rowBytes;
  let state = 0;
  let least = i32.MAX_VALUE;
  for (let j = 0; j < states; j++) {
    const cost = <i32>load<u16>(row + 2 * <usize>j);
    if (cost < least && isReachable(j, start, length)) {
      least = cost;
      state = j;
    }
  }
  return state;
}

/** Whether a state can follow on `start` after `steps` weights: all can once the window has filled anew. */
// @ts-ignore: decorator
@inline
function isReachable(state: i32, start: i32, steps: i32): bool {
  if (steps >= 31) return true;
  const kept = states >> steps;
  return kept <= 1 || state >> steps == (start & (kept - 1));
}
