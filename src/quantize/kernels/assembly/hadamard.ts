// The Hadamard transform of src/math/hadamard.ts with SIMD, equal to it in every bit.

/** Floats in a vector register, and the bytes of both. */
const LANES = 4;
const FLOAT = 4;
const VECTOR = 16;

/** Elements that stay in the first-level cache of a core (32 kB). */
const CACHED_LENGTH = 8192;

/**
 * Orthonormal Walsh–Hadamard transform of each column of a float32 matrix of `length / stride` rows, a power of
 * two, and `stride` columns; `data` is the address of its first element.
 */
export function hadamard(data: usize, length: i32, stride: i32): void {
  const rows = length / stride;
  if (rows == 1) return;
  const scale = f32x4.splat(<f32>(1.0 / Math.sqrt(<f64>rows)));
  if (!hasQuarters(length, stride)) {
    const distance = passes(data, length, stride, length / 2);
    last(data, length, distance, scale);
  } else {
    const quarter = length / 4;
    for (let part = 0; part < 4; part++) {
      butterflies(data + <usize>(part * quarter) * FLOAT, quarter, stride);
    }
    radix4(data, length, quarter, scale, true);
  }
}

/** All butterflies of a range, without the scale, depth first: each part is finished while it is in the cache. */
function butterflies(data: usize, length: i32, stride: i32): void {
  if (!hasQuarters(length, stride)) {
    passes(data, length, stride, length);
  } else {
    const quarter = length / 4;
    for (let part = 0; part < 4; part++) {
      butterflies(data + <usize>(part * quarter) * FLOAT, quarter, stride);
    }
    radix4(data, length, quarter, f32x4.splat(1), false);
  }
}

/**
 * Whether a range is worth finishing quarter by quarter: it is longer than the cache and has more than four rows.
 * The quarters are joined in vectors, so each must be a whole number of them.
 */
function hasQuarters(length: i32, stride: i32): bool {
  return length > CACHED_LENGTH && length > 4 * stride && (length / 4) % LANES == 0;
}

/** The butterflies at distances from `distance` up to below `limit`; returns the next distance. */
function passes(data: usize, length: i32, distance: i32, limit: i32): i32 {
  const one = f32x4.splat(1);
  if (distance == 1 && limit >= 16) {
    radix16Adjacent(data, length);
    distance = 16;
  }
  while (distance < limit && distance % LANES != 0) {
    radix2Scalar(data, length, distance);
    distance *= 2;
  }
  for (; distance * 4 < limit; distance *= 8) radix8(data, length, distance);
  for (; distance * 2 < limit; distance *= 4) radix4(data, length, distance, one, false);
  if (distance < limit) {
    radix2(data, length, distance, one, false);
    distance *= 2;
  }
  return distance;
}

/** The butterflies at the last distance, half the length, and the product with `scale`. */
function last(data: usize, length: i32, distance: i32, scale: v128): void {
  if (distance % LANES == 0) {
    radix2(data, length, distance, scale, true);
    return;
  }
  radix2Scalar(data, length, distance);
  const factor = f32x4.extract_lane(scale, 0);
  const end = data + <usize>length * FLOAT;
  for (let at = data; at < end; at += FLOAT) store<f32>(at, load<f32>(at) * factor);
}

function radix2Scalar(data: usize, length: i32, distance: i32): void {
  const step = <usize>distance * FLOAT;
  const end = data + <usize>length * FLOAT;
  for (let base = data; base < end; base += 2 * step) {
    for (let at = base, stop = base + step; at < stop; at += FLOAT) {
      const a = load<f32>(at);
      const b = load<f32>(at + step);
      store<f32>(at, a + b);
      store<f32>(at + step, a - b);
    }
  }
}

// @ts-ignore: decorator
@inline
function radix2(data: usize, length: i32, distance: i32, scale: v128, scaled: bool): void {
  const step = <usize>distance * FLOAT;
  const end = data + <usize>length * FLOAT;
  for (let base = data; base < end; base += 2 * step) {
    for (let at = base, stop = base + step; at < stop; at += VECTOR) {
      const a = v128.load(at);
      const b = v128.load(at + step);
      let sum = f32x4.add(a, b);
      let difference = f32x4.sub(a, b);
      if (scaled) {
        sum = f32x4.mul(sum, scale);
        difference = f32x4.mul(difference, scale);
      }
      v128.store(at, sum);
      v128.store(at + step, difference);
    }
  }
}

/** Butterflies at `distance` and twice `distance`. */
// @ts-ignore: decorator
@inline
function radix4(data: usize, length: i32, distance: i32, scale: v128, scaled: bool): void {
  const step = <usize>distance * FLOAT;
  const end = data + <usize>length * FLOAT;
  for (let base = data; base < end; base += 4 * step) {
    for (let at = base, stop = base + step; at < stop; at += VECTOR) {
      const a = v128.load(at);
      const b = v128.load(at + step);
      const c = v128.load(at + 2 * step);
      const d = v128.load(at + 3 * step);
      const ab = f32x4.add(a, b);
      const ba = f32x4.sub(a, b);
      const cd = f32x4.add(c, d);
      const dc = f32x4.sub(c, d);
      let r0 = f32x4.add(ab, cd);
      let r1 = f32x4.add(ba, dc);
      let r2 = f32x4.sub(ab, cd);
      let r3 = f32x4.sub(ba, dc);
      if (scaled) {
        r0 = f32x4.mul(r0, scale);
        r1 = f32x4.mul(r1, scale);
        r2 = f32x4.mul(r2, scale);
        r3 = f32x4.mul(r3, scale);
      }
      v128.store(at, r0);
      v128.store(at + step, r1);
      v128.store(at + 2 * step, r2);
      v128.store(at + 3 * step, r3);
    }
  }
}

/** Butterflies at `distance`, twice and four times `distance`. */
function radix8(data: usize, length: i32, distance: i32): void {
  const step = <usize>distance * FLOAT;
  const end = data + <usize>length * FLOAT;
  for (let base = data; base < end; base += 8 * step) {
    for (let at = base, stop = base + step; at < stop; at += VECTOR) {
      const upper = at + 4 * step;
      const a = v128.load(at);
      const b = v128.load(at + step);
      const c = v128.load(at + 2 * step);
      const d = v128.load(at + 3 * step);
      const e = v128.load(upper);
      const f = v128.load(upper + step);
      const g = v128.load(upper + 2 * step);
      const h = v128.load(upper + 3 * step);
      const ab = f32x4.add(a, b);
      const ba = f32x4.sub(a, b);
      const cd = f32x4.add(c, d);
      const dc = f32x4.sub(c, d);
      const ef = f32x4.add(e, f);
      const fe = f32x4.sub(e, f);
      const gh = f32x4.add(g, h);
      const hg = f32x4.sub(g, h);
      const a0 = f32x4.add(ab, cd);
      const a1 = f32x4.add(ba, dc);
      const a2 = f32x4.sub(ab, cd);
      const a3 = f32x4.sub(ba, dc);
      const e0 = f32x4.add(ef, gh);
      const e1 = f32x4.add(fe, hg);
      const e2 = f32x4.sub(ef, gh);
      const e3 = f32x4.sub(fe, hg);
      v128.store(at, f32x4.add(a0, e0));
      v128.store(at + step, f32x4.add(a1, e1));
      v128.store(at + 2 * step, f32x4.add(a2, e2));
      v128.store(at + 3 * step, f32x4.add(a3, e3));
      v128.store(upper, f32x4.sub(a0, e0));
      v128.store(upper + step, f32x4.sub(a1, e1));
      v128.store(upper + 2 * step, f32x4.sub(a2, e2));
      v128.store(upper + 3 * step, f32x4.sub(a3, e3));
    }
  }
}

/** The butterflies at distances 1, 2, 4 and 8 of a range whose length is a multiple of 16. */
function radix16Adjacent(data: usize, length: i32): void {
  const end = data + <usize>length * FLOAT;
  for (let at = data; at < end; at += 4 * VECTOR) {
    const a = within(v128.load(at));
    const b = within(v128.load(at, VECTOR));
    const c = within(v128.load(at, 2 * VECTOR));
    const d = within(v128.load(at, 3 * VECTOR));
    const ab = f32x4.add(a, b);
    const ba = f32x4.sub(a, b);
    const cd = f32x4.add(c, d);
    const dc = f32x4.sub(c, d);
    v128.store(at, f32x4.add(ab, cd));
    v128.store(at, f32x4.add(ba, dc), VECTOR);
    v128.store(at, f32x4.sub(ab, cd), 2 * VECTOR);
    v128.store(at, f32x4.sub(ba, dc), 3 * VECTOR);
  }
}

/** The butterflies at distances 1 and 2 of one vector; a − b is a + (−b), the sign bit flipped. */
// @ts-ignore: decorator
@inline
function within(z: v128): v128 {
  const odd = i32x4(0, i32.MIN_VALUE, 0, i32.MIN_VALUE);
  const upper = i32x4(0, 0, i32.MIN_VALUE, i32.MIN_VALUE);
  let first = v128.shuffle<f32>(z, z, 0, 0, 2, 2);
  let second = v128.shuffle<f32>(z, z, 1, 1, 3, 3);
  z = f32x4.add(first, v128.xor(second, odd));
  first = v128.shuffle<f32>(z, z, 0, 1, 0, 1);
  second = v128.shuffle<f32>(z, z, 2, 3, 2, 3);
  return f32x4.add(first, v128.xor(second, upper));
}
