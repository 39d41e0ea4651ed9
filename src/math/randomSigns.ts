import type { Random } from './random';

/** `length` random signs, one bit each, least significant bit of the first word first: ⌈length / 32⌉ words. */
export function randomSigns(length: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: Math.ceil(length / 32) }, () => random.nextUint32());
}

/** Flips the sign bits of a float32 vector where `signs` has a 1. */
export function negate(z: Float32Array, signs: Uint32Array): void {
  const bits = new Int32Array(z.buffer, z.byteOffset, z.length);
  const { length } = bits;
  for (let start = 0; start < length; start += 32) {
    const end = Math.min(start + 32, length);
    let word = signs[start >>> 5]! | 0;
    for (let i = start; i < end; i++) {
      bits[i] = bits[i]! ^ (word << 31);
      word >>= 1;
    }
  }
}
