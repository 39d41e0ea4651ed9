/** The pairs (u, v) that codes 0, 1, 2, … stand for, in units of a vector's scale. */
export interface Codebook {
  readonly u: Float32Array;
  readonly v: Float32Array;
}

/** Pairs from their list u₀, v₀, u₁, v₁, … */
export function codebookOfPairs(pairs: Float32Array): Codebook {
  return {
    u: pairs.filter((_, i) => i % 2 === 0),
    v: pairs.filter((_, i) => i % 2 === 1),
  };
}

/** Levels of separate codebooks: a ≤ b for the magnitudes of u, then those of v. */
export type SeparateLevels = readonly [number, number, number, number];

/**
 * All pairs of separate codebooks. Bit 0 of a code chooses the larger level of u, bit 1 its negative sign; bits 2
 * and 3 do so for v.
 */
export function codebookOfLevels([au, bu, av, bv]: SeparateLevels): Codebook {
  const signed = (a: number, b: number) => [a, b, -a, -b];
  const [us, vs] = [signed(au, bu), signed(av, bv)];
  return {
    u: Float32Array.from({ length: 16 }, (_, code) => us[code & 3]!),
    v: Float32Array.from({ length: 16 }, (_, code) => vs[code >> 2]!),
  };
}

/** The pairs as a list. */
export function codebookPairs({ u, v }: Codebook): (readonly [number, number])[] {
  return Array.from(u, (value, code) => [value, v[code]!] as const);
}
