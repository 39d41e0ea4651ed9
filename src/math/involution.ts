import { hadamard } from './hadamard';
import { checkLength, type OrthogonalTransform } from './orthogonal/transform';
import { Random } from './random';
import { negate, randomSigns } from './randomSigns';

/** A random orthogonal matrix P of some length with P = Pᵀ = P⁻¹, applied in O(n log n). */
export type Involution = OrthogonalTransform;

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
  const passes = involutionPasses(length, seed);
  const apply = (z: Float32Array) => {
    checkLength(involution, z);
    for (const pass of passes) {
      if (pass.kind === 'rows') {
        for (let start = 0; start < length; start += pass.length) hadamard(z, start, pass.length);
      } else if (pass.kind === 'columns') {
        hadamard(z, pass.start, pass.length, pass.stride);
      } else {
        negate(z, pass.signs);
      }
    }
  };
  const involution: Involution = { length, apply, applyTranspose: apply };
  return involution;
}

/** One pass over a vector; see {@link createInvolution}. */
export type InvolutionPass =
  /** The Hadamard transform of each run of `length` elements. */
  | { readonly kind: 'rows'; readonly length: number }
  /** That of the columns of a matrix of `stride` columns, `length` elements from `start` on. */
  | { readonly kind: 'columns'; readonly start: number; readonly length: number; readonly stride: number }
  | { readonly kind: 'signs'; readonly signs: Uint32Array };

/** What the involution does to a vector, in order; backwards it is the same. */
export function involutionPasses(length: number, seed: number): readonly InvolutionPass[] {
  const random = new Random(seed);
  const middle: InvolutionPass = { kind: 'signs', signs: randomSigns(length, random) };
  const { rowLength, rows, span } = factors(length);
  const column = (row: number): InvolutionPass => ({
    kind: 'columns',
    start: row * rowLength,
    length: span * rowLength,
    stride: rowLength,
  });
  const spread: InvolutionPass[] = rowLength > 1 ? [{ kind: 'rows', length: rowLength }] : [];
  if (rows > 1) {
    spread.push(
      column(0),
      { kind: 'signs', signs: randomSigns(length, random) },
      column(rows - span),
      { kind: 'signs', signs: randomSigns(length, random) },
      column(Math.floor((rows - span) / 2)),
    );
  }
  return [...spread, middle, ...spread.toReversed()];
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
