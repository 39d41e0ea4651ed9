// Loops of the Kashin decomposition. Memory is laid out by kashin/decomposition/kernelWorkspace.ts; sums are taken
// in float64, element i into partial sum i mod 4, so that they have the bits of the plain version.
import { hadamard } from './hadamard';

export { hadamard };

const VECTOR = 16;

/** The first address that is free. */
export function base(): usize {
  return __heap_base;
}

/** The Hadamard transform of each run of `rowLength` floats. */
export function hadamardRows(data: usize, length: i32, rowLength: i32): void {
  const row = <usize>rowLength << 2;
  for (const end = data + (<usize>length << 2); data < end; data += row) hadamard(data, rowLength, 1);
}

/** Flips the sign bits of `length` floats where `signs`, one bit each, has a 1. */
export function negate(data: usize, signs: usize, length: i32): void {
  const whole = data + (<usize>(length & ~31) << 2);
  const bits = i32x4(1, 2, 4, 8);
  let at = data;
  while (at < whole) {
    let word = load<i32>(signs);
    signs += 4;
    for (const end = at + 8 * VECTOR; at < end; at += VECTOR) {
      const set = i32x4.eq(v128.and(i32x4.splat(word), bits), bits);
      v128.store(at, v128.xor(v128.load(at), i32x4.shl(set, 31)));
      word >>= 4;
    }
  }
  const end = data + (<usize>length << 2);
  if (at == end) return;
  for (let word = load<i32>(signs); at < end; at += 4) {
    store<i32>(at, load<i32>(at) ^ (word << 31));
    word >>= 1;
  }
}

/** Writes ‖z‖₁ and ‖z‖₂² to `result`, two float64 numbers. */
export function norms(data: usize, length: i32, result: usize): void {
  let sumLow = f64x2.splat(0);
  let sumHigh = sumLow;
  let squaresLow = sumLow;
  let squaresHigh = sumLow;
  const whole = data + (<usize>(length & ~3) << 2);
  for (; data < whole; data += VECTOR) {
    const value = v128.load(data);
    const low = f64x2.promote_low_f32x4(value);
    const high = f64x2.promote_low_f32x4(upperHalf(value));
    sumLow = f64x2.add(sumLow, f64x2.abs(low));
    sumHigh = f64x2.add(sumHigh, f64x2.abs(high));
    squaresLow = f64x2.add(squaresLow, f64x2.mul(low, low));
    squaresHigh = f64x2.add(squaresHigh, f64x2.mul(high, high));
  }
  finish(data, length & 3, sumLow, sumHigh, squaresLow, squaresHigh, result);
}

/**
 * s = step · sign(residual); factor += s; residual −= s. Writes the norms of what is left of the residual to
 * `result`, as {@link norms} does.
 */
export function moveSigns(residual: usize, factor: usize, length: i32, step: f32, result: usize): void {
  const size = f32x4.splat(step);
  const sign = i32x4.splat(i32.MIN_VALUE);
  let sumLow = f64x2.splat(0);
  let sumHigh = sumLow;
  let squaresLow = sumLow;
  let squaresHigh = sumLow;
  const whole = residual + (<usize>(length & ~3) << 2);
  for (; residual < whole; residual += VECTOR) {
    const before = v128.load(residual);
    const signed = v128.or(size, v128.and(before, sign));
    v128.store(factor, f32x4.add(v128.load(factor), signed));
    factor += VECTOR;
    const left = f32x4.sub(before, signed);
    v128.store(residual, left);
    const low = f64x2.promote_low_f32x4(left);
    const high = f64x2.promote_low_f32x4(upperHalf(left));
    sumLow = f64x2.add(sumLow, f64x2.abs(low));
    sumHigh = f64x2.add(sumHigh, f64x2.abs(high));
    squaresLow = f64x2.add(squaresLow, f64x2.mul(low, low));
    squaresHigh = f64x2.add(squaresHigh, f64x2.mul(high, high));
  }
  const rest = length & 3;
  for (let i = 0; i < rest; i++) {
    const at = <usize>i << 2;
    const before = load<f32>(residual + at);
    const signed = copysign<f32>(step, before);
    store<f32>(factor + at, load<f32>(factor + at) + signed);
    store<f32>(residual + at, before - signed);
  }
  finish(residual, rest, sumLow, sumHigh, squaresLow, squaresHigh, result);
}

// @ts-ignore: decorator
@inline
function upperHalf(value: v128): v128 {
  return v128.shuffle<f32>(value, value, 2, 3, 2, 3);
}

/** Adds the last elements, up to three, to the partial sums, then the partial sums to one another. */
function finish(
  data: usize,
  rest: i32,
  sumLow: v128,
  sumHigh: v128,
  squaresLow: v128,
  squaresHigh: v128,
  result: usize,
): void {
  for (let i = 0; i < rest; i++) {
    const value = <f64>load<f32>(data + (<usize>i << 2));
    const size = Math.abs(value);
    const square = value * value;
    if (i == 0) {
      sumLow = f64x2.replace_lane(sumLow, 0, f64x2.extract_lane(sumLow, 0) + size);
      squaresLow = f64x2.replace_lane(squaresLow, 0, f64x2.extract_lane(squaresLow, 0) + square);
    } else if (i == 1) {
      sumLow = f64x2.replace_lane(sumLow, 1, f64x2.extract_lane(sumLow, 1) + size);
      squaresLow = f64x2.replace_lane(squaresLow, 1, f64x2.extract_lane(squaresLow, 1) + square);
    } else {
      sumHigh = f64x2.replace_lane(sumHigh, 0, f64x2.extract_lane(sumHigh, 0) + size);
      squaresHigh = f64x2.replace_lane(squaresHigh, 0, f64x2.extract_lane(squaresHigh, 0) + square);
    }
  }
  store<f64>(result, total(sumLow, sumHigh));
  store<f64>(result, total(squaresLow, squaresHigh), 8);
}

// @ts-ignore: decorator
@inline
function total(low: v128, high: v128): f64 {
  return (
    f64x2.extract_lane(low, 0) +
    f64x2.extract_lane(low, 1) +
    (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1))
  );
}
