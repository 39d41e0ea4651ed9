import { hadamard } from './hadamard';
import { Random } from './random';

/** A random orthogonal matrix P of some length with P = Pᵀ = P⁻¹, applied in O(n log n). */
export interface Involution {
  readonly length: number;
  /** Replaces z by P z, in place. */
  apply(z: Float32Array): void;
}

/**
 * The symmetric involution P = Tᵀ·D·T: D random signs, T an orthogonal transform that spreads every
 * coordinate over the whole vector. Signs *between* two transforms behave like a Haar-random matrix on
 * any input, which one signed transform does not.
 *
 * T for a length n = 2^k·m, m odd, without padding. The vector is seen as m rows of 2^k elements.
 * 1. Each row gets the Hadamard transform of length 2^k.
 * 2. Where m > 1, columns get Hadamard transforms of length L = 2^⌊log₂ m⌋ over three overlapping ranges
 *    of rows: [0, L), signs D₁, the last L rows, signs D₂, the L rows in the middle (from ⌊(m − L) / 2⌋).
 *    The first two cover all rows, the third mixes what they made. The signs between them must be
 *    independent: without them the overlaps leave subspaces that P does not mix.
 * So a prime length costs at most three times a power of two of that size, every operation is an
 * addition but for one scaling a Hadamard transform, and the result is the same to the bit in every
 * language.
 *
 * Signs, drawn from `Random(seed)` in the order D, D₁, D₂, each ⌈n / 32⌉ words: coordinate i is negated
 * where bit (i mod 32), counted from the least significant, of word ⌊i / 32⌋ is set.
 */
export function createInvolution(length: number, seed: number): Involution {
  const random = new Random(seed);
  const signs = randomSigns(length, random);
  const { rowLength, rows, span } = factors(length);
  const block = span * rowLength;
  const ranges =
    rows === 1
      ? []
      : [
          { start: 0, signs: undefined },
          { start: (rows - span) * rowLength, signs: randomSigns(length, random) },
          { start: Math.floor((rows - span) / 2) * rowLength, signs: randomSigns(length, random) },
        ];
  const backwards = [...ranges].reverse();

  const transformRows = (z: Float32Array) => {
    for (let start = 0; start < length; start += rowLength) hadamard(z, start, rowLength);
  };
  return {
    length,
    apply(z) {
      if (z.length !== length) throw new RangeError(`P has length ${length}, the vector ${z.length}.`);
      transformRows(z);
      for (const range of ranges) {
        if (range.signs) negate(z, range.signs);
        hadamard(z, range.start, block, rowLength);
      }
      negate(z, signs);
      for (const range of backwards) {
        hadamard(z, range.start, block, rowLength);
        if (range.signs) negate(z, range.signs);
      }
      transformRows(z);
    },
  };
}

/** n = rowLength · rows with rowLength a power of two and rows odd; span is the largest power of two ≤ rows. */
function factors(length: number): { rowLength: number; rows: number; span: number } {
  let rowLength = 1;
  while (length % (2 * rowLength) === 0) rowLength *= 2;
  const rows = length / rowLength;
  let span = 1;
  while (2 * span <= rows) span *= 2;
  return { rowLength, rows, span };
}

/** One bit a sign, least significant bit of the first word first. */
function randomSigns(length: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: Math.ceil(length / 32) }, () => random.nextUint32());
}

/** Flips the sign bits of a float32 vector where `signs` has a 1. */
function negate(z: Float32Array, signs: Uint32Array): void {
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
