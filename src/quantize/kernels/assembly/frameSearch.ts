// Block Gibbs search for x ≈ a·u + b·H v / √N in eight blocks at a time, one in each 16-bit lane.
//
// u and v are odd whole numbers (v ±1), so H u and H v are exact; what they count in the units of x is a whole
// number too, and the products fit 16 bits.

/** Bytes of the noise, and between the noise of one coordinate and of the next. */
const NOISE_MASK: i32 = 16383;
const NOISE_STRIDE: i32 = 8 * 37;

let length: i32 = 0;
let spread: usize = 0;
let targets: usize = 0;
let rotated: usize = 0;
let u: usize = 0;
let v: usize = 0;
let schedule: usize = 0;
let noise: usize = 0;
let random: u32 = 0;

/** Lays out the memory for blocks of `blockLength` coordinates, a power of two, and so many sweeps. */
export function prepare(blockLength: i32, sweeps: i32): void {
  length = blockLength;
  const bytes: usize = 16 * <usize>length;
  noise = (__heap_base + 63) & ~63;
  targets = noise + <usize>NOISE_MASK + 1;
  rotated = targets + bytes;
  u = rotated + bytes;
  v = u + bytes;
  spread = v + bytes;
  schedule = spread + bytes;
  const end = schedule + 8 * <usize>sweeps;
  const missing = <i32>((end + 65535) >> 16) - memory.size();
  if (missing > 0) memory.grow(missing);
}

/** Address of the noise: int8, sixteenths of logistic numbers. */
export function noiseAt(): usize {
  return noise;
}

/** Address of x, int16 `[length, 8]`. */
export function targetsAt(): usize {
  return targets;
}

/** Address of H x / √N, int16 `[length, 8]`. */
export function rotatedAt(): usize {
  return rotated;
}

/** Address of u, which the search starts from and leaves: int16 `[length, 8]`. */
export function uAt(): usize {
  return u;
}

/** The same for v. */
export function vAt(): usize {
  return v;
}

/** Address of the schedule: int16 `[sweeps, 4]`, factor and shift of the noise of v, then of u. */
export function scheduleAt(): usize {
  return schedule;
}

/**
 * Draws all of v given u, and all of u given v, `sweeps` times.
 *
 * @param ofU, ofV what an entry of H u and of H v counts in the units of x
 * @param largest entry of u: 1, 3 or 7
 * @param gap between neighbouring levels of u in the units of x
 */
export function search(sweeps: i32, ofU: i32, ofV: i32, largest: i32, gap: i32, seed: u32): void {
  random = seed;
  for (let s = 0; s < sweeps; s++) {
    const at = schedule + 8 * <usize>s;
    draw(u, v, rotated, ofU, 1, 0, load<i16>(at), load<i16>(at, 2));
    draw(v, u, targets, ofV, largest, gap, load<i16>(at, 4), load<i16>(at, 6));
  }
}

/** Draws `to` given `from`: the levels nearest to what is left of `wanted`, after noise. */
function draw(
  from: usize,
  to: usize,
  wanted: usize,
  factor: i32,
  largest: i32,
  gap: i32,
  noiseFactor: i32,
  noiseShift: i32,
): void {
  random = random * 1664525 + 1013904223;
  const offset = <i32>(random >> 10) & NOISE_MASK & ~7;
  let distance: usize = 16;
  let source = from;
  const end: usize = 16 * <usize>length;
  // Radix 2 or 4 once, so that what is left is radix 8.
  const stages = ctz(length);
  if (stages % 3 == 1) {
    radix2(source);
    distance *= 2;
    source = spread;
  } else if (stages % 3 == 2) {
    radix4(source);
    distance *= 4;
    source = spread;
  }
  for (; distance * 8 < end; distance *= 8) {
    radix8(source, distance);
    source = spread;
  }
  if (distance < end) {
    if (largest == 1) lastRadix8(1, source, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    else if (largest == 3) lastRadix8(3, source, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    else lastRadix8(7, source, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
  } else {
    for (let i = 0; i < length; i++) {
      const sum = v128.load(source + 16 * <usize>i);
      settle(largest, sum, i, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    }
  }
}

/** Butterflies of neighbours. */
function radix2(source: usize): void {
  for (let at: usize = 0; at < 16 * <usize>length; at += 32) {
    const a = v128.load(source + at);
    const b = v128.load(source + at, 16);
    v128.store(spread + at, i16x8.add(a, b));
    v128.store(spread + at, i16x8.sub(a, b), 16);
  }
}

/** Butterflies of neighbours, then of what is two apart. */
function radix4(source: usize): void {
  for (let at: usize = 0; at < 16 * <usize>length; at += 64) {
    const a = v128.load(source + at);
    const b = v128.load(source + at, 16);
    const c = v128.load(source + at, 32);
    const d = v128.load(source + at, 48);
    const ab = i16x8.add(a, b);
    const ba = i16x8.sub(a, b);
    const cd = i16x8.add(c, d);
    const dc = i16x8.sub(c, d);
    v128.store(spread + at, i16x8.add(ab, cd));
    v128.store(spread + at, i16x8.add(ba, dc), 16);
    v128.store(spread + at, i16x8.sub(ab, cd), 32);
    v128.store(spread + at, i16x8.sub(ba, dc), 48);
  }
}

/** Butterflies at a distance in bytes, at twice and at four times it. */
function radix8(source: usize, distance: usize): void {
  const end: usize = 16 * <usize>length;
  for (let base: usize = 0; base < end; base += 8 * distance) {
    for (let at = base; at < base + distance; at += 16) {
      const from = source + at;
      const to = spread + at;
      const a = v128.load(from);
      const b = v128.load(from + distance);
      const c = v128.load(from + 2 * distance);
      const d = v128.load(from + 3 * distance);
      const e = v128.load(from + 4 * distance);
      const f = v128.load(from + 5 * distance);
      const g = v128.load(from + 6 * distance);
      const h = v128.load(from + 7 * distance);
      const ab = i16x8.add(a, b);
      const ba = i16x8.sub(a, b);
      const cd = i16x8.add(c, d);
      const dc = i16x8.sub(c, d);
      const ef = i16x8.add(e, f);
      const fe = i16x8.sub(e, f);
      const gh = i16x8.add(g, h);
      const hg = i16x8.sub(g, h);
      const a0 = i16x8.add(ab, cd);
      const a1 = i16x8.add(ba, dc);
      const a2 = i16x8.sub(ab, cd);
      const a3 = i16x8.sub(ba, dc);
      const b0 = i16x8.add(ef, gh);
      const b1 = i16x8.add(fe, hg);
      const b2 = i16x8.sub(ef, gh);
      const b3 = i16x8.sub(fe, hg);
      v128.store(to, i16x8.add(a0, b0));
      v128.store(to + distance, i16x8.add(a1, b1));
      v128.store(to + 2 * distance, i16x8.add(a2, b2));
      v128.store(to + 3 * distance, i16x8.add(a3, b3));
      v128.store(to + 4 * distance, i16x8.sub(a0, b0));
      v128.store(to + 5 * distance, i16x8.sub(a1, b1));
      v128.store(to + 6 * distance, i16x8.sub(a2, b2));
      v128.store(to + 7 * distance, i16x8.sub(a3, b3));
    }
  }
}

/** The last butterflies, at an eighth of the length, and the draw from what they give. */
// @ts-ignore: decorator
@inline
function lastRadix8(
  largest: i32,
  source: usize,
  to: usize,
  wanted: usize,
  factor: i32,
  gap: i32,
  noiseFactor: i32,
  noiseShift: i32,
  offset: i32,
): void {
  const eighth = length / 8;
  const distance: usize = 16 * <usize>eighth;
  for (let i = 0; i < eighth; i++) {
    const from = source + 16 * <usize>i;
    const a = v128.load(from);
    const b = v128.load(from + distance);
    const c = v128.load(from + 2 * distance);
    const d = v128.load(from + 3 * distance);
    const e = v128.load(from + 4 * distance);
    const f = v128.load(from + 5 * distance);
    const g = v128.load(from + 6 * distance);
    const h = v128.load(from + 7 * distance);
    const ab = i16x8.add(a, b);
    const ba = i16x8.sub(a, b);
    const cd = i16x8.add(c, d);
    const dc = i16x8.sub(c, d);
    const ef = i16x8.add(e, f);
    const fe = i16x8.sub(e, f);
    const gh = i16x8.add(g, h);
    const hg = i16x8.sub(g, h);
    const a0 = i16x8.add(ab, cd);
    const a1 = i16x8.add(ba, dc);
    const a2 = i16x8.sub(ab, cd);
    const a3 = i16x8.sub(ba, dc);
    const b0 = i16x8.add(ef, gh);
    const b1 = i16x8.add(fe, hg);
    const b2 = i16x8.sub(ef, gh);
    const b3 = i16x8.sub(fe, hg);
    settle(largest, i16x8.add(a0, b0), i, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.add(a1, b1), i + eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.add(a2, b2), i + 2 * eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.add(a3, b3), i + 3 * eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.sub(a0, b0), i + 4 * eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.sub(a1, b1), i + 5 * eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.sub(a2, b2), i + 6 * eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
    settle(largest, i16x8.sub(a3, b3), i + 7 * eighth, to, wanted, factor, gap, noiseFactor, noiseShift, offset);
  }
}

/** Draws coordinate i of eight blocks. */
// @ts-ignore: decorator
@inline
function settle(
  largest: i32,
  sum: v128,
  i: i32,
  to: usize,
  wanted: usize,
  factor: i32,
  gap: i32,
  noiseFactor: i32,
  noiseShift: i32,
  offset: i32,
): void {
  const at: usize = 16 * <usize>i;
  const logistic = v128.load_ext<i8>(noise + <usize>((offset + i * NOISE_STRIDE) & NOISE_MASK));
  const disturbance = i16x8.shr_s(i16x8.mul(logistic, i16x8.splat(<i16>noiseFactor)), noiseShift);
  const rest = i16x8.sub_sat_s(v128.load(wanted + at), i16x8.mul(sum, i16x8.splat(<i16>factor)));
  v128.store(to + at, nearestLevel(largest, i16x8.add_sat_s(rest, disturbance), gap));
}

/** −largest, …, −1, 1, …, largest in steps of two: the levels are `gap` apart, their borders 0, ±gap, … */
// @ts-ignore: decorator
@inline
function nearestLevel(largest: i32, t: v128, gap: i32): v128 {
  const sign = v128.or(i16x8.shr_s(t, 15), i16x8.splat(1));
  if (largest == 1) return sign;
  // Symmetric, so that only magnitudes need be compared; masks are −1.
  const magnitude = i16x8.abs(t);
  let passed = i16x8.gt_s(magnitude, i16x8.splat(<i16>gap));
  if (largest == 7) {
    passed = i16x8.add(passed, i16x8.gt_s(magnitude, i16x8.splat(<i16>(2 * gap))));
    passed = i16x8.add(passed, i16x8.gt_s(magnitude, i16x8.splat(<i16>(3 * gap))));
  }
  return i16x8.mul(sign, i16x8.sub(i16x8.splat(1), i16x8.shl(passed, 1)));
}
