/**
 * The code of dependent quantization. A weight in units of its step is coded as an integer; two quantizers,
 * the even and the odd integers, take turns as a machine of 2^`stateBits` states says, and the parities of
 * the integers drive it (methods: trellis coded quantization, Marcellin and Fischer 1990; its entropy-coded
 * form, Fischer and Wang 1992).
 *
 * An encoder sees the machine as windows w of `stateBits` + 1 bits over the choices that were made: a state
 * j and a choice u make the window (j << 1) | u, whose integers are those of {@link cosetOf} modulo 4, and
 * the next state is the window without its first bit. A decoder sees it as {@link nextWindow}.
 */
export interface Trellis {
  readonly stateBits: number;
  /** Polynomials over the bits of a window. */
  readonly h0: number;
  readonly h1: number;
}

const TRELLISES: readonly Trellis[] = [
  { stateBits: 3, h0: 0o13, h1: 0o4 },
  { stateBits: 4, h0: 0o33, h1: 0o2 },
  { stateBits: 5, h0: 0o67, h1: 0o24 },
  { stateBits: 6, h0: 0o153, h1: 0o72 },
  { stateBits: 8, h0: 0o551, h1: 0o346 },
  { stateBits: 10, h0: 0o2747, h1: 0o1022 },
  { stateBits: 12, h0: 0o16707, h1: 0o6676 },
];

/** Numbers of bits that states may have. */
export const STATE_BITS: readonly number[] = TRELLISES.map(({ stateBits }) => stateBits);

/** The trellis of 2^`stateBits` states; `undefined` where there is none. */
export function trellisOf(stateBits: number): Trellis | undefined {
  return TRELLISES.find((trellis) => trellis.stateBits === stateBits);
}

/** What the integers that window `w` allows are modulo 4. */
export function cosetOf({ h0, h1 }: Trellis, w: number): number {
  return 2 * parity(h0 & w) + parity(h1 & w);
}

/** The decoder's window after integer `index`; it starts with 0, and its last bit is the next parity. */
export function nextWindow({ h0, h1 }: Trellis, w: number, index: number): number {
  return (w >> 1) ^ (index & 1 ? h0 >> 1 : 0) ^ (index & 2 ? h1 >> 1 : 0);
}

function parity(x: number): number {
  let folded = x ^ (x >> 8);
  folded ^= folded >> 4;
  folded ^= folded >> 2;
  return (folded ^ (folded >> 1)) & 1;
}
