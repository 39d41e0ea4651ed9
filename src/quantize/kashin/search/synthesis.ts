import { levelOf } from './frame';

/** Levels of a frame as they are stored: those of positive u, then b. */
export type FrameLevels = Float32Array;

/**
 * H v of one block, exact.
 *
 * @param codes of v: 0 for −1, 1 for 1
 */
export function hadamardOfCodes(codes: Uint8Array): Int16Array {
  const sums = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) sums[i] = levelOf(codes[i]!, 1);
  for (let distance = 1; distance < sums.length; distance *= 2) {
    for (let base = 0; base < sums.length; base += 2 * distance) {
      for (let i = base; i < base + distance; i++) {
        const a = sums[i]!;
        const b = sums[i + distance]!;
        sums[i] = a + b;
        sums[i + distance] = a - b;
      }
    }
  }
  return sums;
}

/** 1 / √N as the decoder takes it. */
export function spreadOf(length: number): number {
  return Math.fround(1 / Math.sqrt(length));
}

/** The levels of the codes of u, ascending. */
export function signedLevels(levels: FrameLevels): Float32Array {
  const positive = levels.subarray(0, -1);
  return Float32Array.of(...positive.toReversed().map((level) => -level), ...positive);
}

/**
 * The numbers of one block: float32(a(u) + float32(b · float32(h / √N))) with the sign of the coordinate.
 *
 * @param u codes
 * @param sums h = H v
 */
export function synthesize(
  u: Uint8Array,
  sums: Int16Array,
  levels: FrameLevels,
  signs: Int8Array,
): Float32Array {
  const a = signedLevels(levels);
  const b = levels.at(-1)!;
  const spread = spreadOf(u.length);
  const numbers = new Float32Array(u.length);
  for (let i = 0; i < u.length; i++) {
    numbers[i] = signs[i]! * (a[u[i]!]! + Math.fround(b * Math.fround(sums[i]! * spread)));
  }
  return numbers;
}
