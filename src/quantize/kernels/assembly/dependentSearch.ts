// The Viterbi search of dependent quantization, eight states of 16 bits at a time.
//
// A window w of stateBits + 1 bits has a coset c(w) = 2·parity(h0 & w) + parity(h1 & w); state j is reached
// by the windows j (choice 0) and j + states (choice 1), from the states that these are without their last
// bit. Both polynomials are such that c(w ^ 1) = c(w ^ states) = c(w) ^ 2. So the predecessors i and
// i + states/2 and the successors 2i and 2i + 1 share two metrics, and as c is linear over bits, the cosets
// of eight predecessors in a row are those of the first eight, all XORed with one number.

/** Cost of a state that the search may not start from. */
const OUTSIDE: i16 = 8192;
/** Largest magnitude of a quotient: indices then fit 16 bits. */
const QUOTIENT: f32 = 8191;

let stateBits: i32 = 0;
let states: i32 = 0;
let polynomial0: i32 = 0;
let polynomial1: i32 = 0;

let targets: usize = 0;
let indices: usize = 0;
let fractions: usize = 0;
let costs: usize = 0;
let cosets: usize = 0;
let blockCosets: usize = 0;
let metrics: usize = 0;
let choices: usize = 0;
let found: i32 = 0;

/** Lays out the memory for searches of up to `count` weights, and fills the tables of a trellis. */
export function prepare(bits: i32, h0: i32, h1: i32, count: i32): void {
  stateBits = bits;
  states = 1 << bits;
  polynomial0 = h0;
  polynomial1 = h1;
  const padded = <usize>((count + 7) & ~7);
  targets = (__heap_base + 63) & ~63;
  indices = targets + 4 * padded;
  fractions = indices + 2 * padded;
  costs = (fractions + 2 * padded + 63) & ~63;
  cosets = costs + 4 * <usize>states;
  blockCosets = cosets + 2 * <usize>states;
  metrics = (blockCosets + 2 * <usize>(states >> 4) + 63) & ~63;
  choices = metrics + 256;
  const end = choices + choiceBytes() * <usize>count + 16;
  const missing = <i32>((end + 65535) >> 16) - memory.size();
  if (missing > 0) memory.grow(missing);
  for (let w = 0; w < 2 * states; w++) store<u8>(cosets + w, coset(w));
  for (let b = 0; b < states >> 4; b++) store<u16>(blockCosets + 2 * b, coset(16 * b) << 4);
}

/** Address of the targets: the weights in steps, shrunken, float32. */
export function targetsAt(): usize {
  return targets;
}

/** Address of the indices: int16. */
export function indicesAt(): usize {
  return indices;
}

/** The state that the path of the latest search starts in: the one that was asked for, if it can. */
export function startFound(): i32 {
  return found;
}

/** Finds the indices of the first `count` targets on the best path from state `start`; returns where it ends. */
export function search(count: i32, start: i32): i32 {
  takeFractions(count);
  const end = states == 8 ? forwardEight(count, start) : forward(count, start);
  traceBack(count, end);
  takeIndices(count);
  return end;
}

function coset(w: i32): u8 {
  return <u8>(2 * (popcnt(polynomial0 & w) & 1) + (popcnt(polynomial1 & w) & 1));
}

function choiceBytes(): usize {
  return <usize>(states == 8 ? 1 : states >> 3);
}

/** Targets modulo 4, in units of 2⁻¹⁴. */
function takeFractions(count: i32): void {
  const unit = f32x4.splat(16384);
  const half = f32x4.splat(0.5);
  for (let i = 0; i < count; i += 8) {
    const from = targets + 4 * i;
    const low = f32x4.floor(f32x4.add(f32x4.mul(v128.load(from), unit), half));
    const high = f32x4.floor(f32x4.add(f32x4.mul(v128.load(from, 16), unit), half));
    v128.store(
      fractions + 2 * i,
      v128.shuffle<i16>(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high), 0, 2, 4, 6, 8, 10, 12, 14),
    );
  }
}

@inline
function squared(x: v128, cosets: v128): v128 {
  const error = i16x8.shr_s(i16x8.sub(x, cosets), 8);
  return i16x8.shr_u(i16x8.mul(error, error), 3);
}

/** The cosets of windows from `first` on, `stride` apart, each XORed with `other`, in units of 2⁻¹⁴. */
function cosetVector(first: i32, stride: i32, other: i32): v128 {
  for (let lane = 0; lane < 8; lane++) {
    store<i16>(metrics + 2 * lane, <i16>((<i32>load<u8>(cosets + first + stride * lane) ^ other) << 14));
  }
  return v128.load(metrics);
}

function startCosts(start: i32): void {
  for (let j = 0; j < states; j++) store<i16>(costs + 2 * j, j == start ? 0 : OUTSIDE);
}

function bestOf(at: usize): i32 {
  let best = 0;
  for (let j = 1; j < states; j++) {
    if (<i16>(load<i16>(at + 2 * j) - load<i16>(at + 2 * best)) < 0) best = j;
  }
  return best;
}

/** Sixteen states or more. The choices of 16 successors are 16 bits, even successors first. */
function forward(count: i32, start: i32): i32 {
  startCosts(start);
  const zero = i16x8.splat(0);
  const half = <usize>states;
  const cosets0 = cosetVector(0, 2, 0);
  const cosets1 = cosetVector(0, 2, 1);
  const cosets2 = cosetVector(0, 2, 2);
  const cosets3 = cosetVector(0, 2, 3);
  const blocks = states >> 4;
  let from = costs;
  let to = costs + 2 * <usize>states;
  let chosen = choices;
  for (let t = 0; t < count; t++) {
    const x = v128.load_splat<i16>(fractions + 2 * t);
    const m0 = squared(x, cosets0);
    const m1 = squared(x, cosets1);
    const m2 = squared(x, cosets2);
    const m3 = squared(x, cosets3);
    const d0 = i16x8.sub(m2, m0);
    const d1 = i16x8.sub(m3, m1);
    v128.store(metrics, m0, 0);
    v128.store(metrics, m1, 16);
    v128.store(metrics, m2, 32);
    v128.store(metrics, m3, 48);
    v128.store(metrics, d0, 64);
    v128.store(metrics, d1, 80);
    v128.store(metrics, i16x8.neg(d0), 96);
    v128.store(metrics, i16x8.neg(d1), 112);
    for (let b = 0; b < blocks; b++) {
      const offset = <usize>load<u16>(blockCosets + 2 * b);
      const own = metrics + offset;
      const other = metrics + (offset ^ 32);
      const at = from + 16 * b;
      const a = v128.load(at);
      const between = i16x8.sub(v128.load(at + half), a);
      const metric = v128.load(own, 64);
      const gainEven = i16x8.add(between, metric);
      const gainOdd = i16x8.sub(between, metric);
      const even = i16x8.add(i16x8.add(a, v128.load(own)), i16x8.min_s(gainEven, zero));
      const odd = i16x8.add(i16x8.add(a, v128.load(other)), i16x8.min_s(gainOdd, zero));
      const next = to + 32 * b;
      v128.store(next, v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(next, v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      store<u16>(chosen + 2 * b, <u16>i8x16.bitmask(i8x16.narrow_i16x8_s(gainEven, gainOdd)));
    }
    chosen += 2 * blocks;
    const swapped = from;
    from = to;
    to = swapped;
  }
  return bestOf(from);
}

/** Eight states: their costs are one vector. */
function forwardEight(count: i32, start: i32): i32 {
  startCosts(start);
  const zero = i16x8.splat(0);
  const cosets0 = cosetVector(0, 1, 0);
  const cosets1 = cosetVector(8, 1, 0);
  let cost = v128.load(costs);
  for (let t = 0; t < count; t++) {
    const x = v128.load_splat<i16>(fractions + 2 * t);
    const stay = i16x8.add(squared(x, cosets0), v128.shuffle<i16>(cost, cost, 0, 0, 1, 1, 2, 2, 3, 3));
    const move = i16x8.add(squared(x, cosets1), v128.shuffle<i16>(cost, cost, 4, 4, 5, 5, 6, 6, 7, 7));
    const gain = i16x8.sub(move, stay);
    cost = i16x8.add(stay, i16x8.min_s(gain, zero));
    store<u8>(choices + t, <u8>i16x8.bitmask(gain));
  }
  v128.store(costs, cost);
  return bestOf(costs);
}

/** Writes the cosets of the best path to the indices. */
function traceBack(count: i32, end: i32): void {
  let j = end;
  if (states == 8) {
    for (let t = count - 1; t >= 0; t--) {
      const w = (((<i32>load<u8>(choices + t) >> j) & 1) << 3) | j;
      store<i16>(indices + 2 * t, load<u8>(cosets + w));
      j = w >> 1;
    }
  } else {
    const stride = choiceBytes();
    let chosen = choices + stride * count;
    for (let t = count - 1; t >= 0; t--) {
      chosen -= stride;
      const eight = <i32>load<u8>(chosen + (((j >> 4) << 1) | (j & 1)));
      const w = (((eight >> ((j >> 1) & 7)) & 1) << stateBits) | j;
      store<i16>(indices + 2 * t, load<u8>(cosets + w));
      j = w >> 1;
    }
  }
  found = j;
}

/** Turns cosets into the indices nearest to their targets. */
function takeIndices(count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const at = indices + 2 * i;
    const cosets = v128.load(at);
    const low = nearest(v128.load(targets + 4 * i), i32x4.extend_low_i16x8_s(cosets));
    const high = nearest(v128.load(targets + 4 * i, 16), i32x4.extend_high_i16x8_s(cosets));
    v128.store(at, i16x8.narrow_i32x4_s(low, high));
  }
}

@inline
function nearest(target: v128, coset: v128): v128 {
  const difference = f32x4.sub(target, f32x4.convert_i32x4_s(coset));
  const quotient = f32x4.floor(f32x4.add(f32x4.mul(difference, f32x4.splat(0.25)), f32x4.splat(0.5)));
  const limited = f32x4.pmin(f32x4.pmax(quotient, f32x4.splat(-QUOTIENT - 1)), f32x4.splat(QUOTIENT));
  return i32x4.add(coset, i32x4.shl(i32x4.trunc_sat_f32x4_s(limited), 2));
}
