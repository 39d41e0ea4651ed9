/**
 * A frame code of K bits a weight: x ≈ a(u) + b·Q v with u of K − 1 bits and v of one bit a weight, Q the
 * orthonormal Hadamard transform of a block with random signs.
 *
 * u and v are odd whole numbers, −(2^bits − 1) to 2^bits − 1. The search takes the levels of u as equally far
 * apart and works in whole units; the levels of the code are fitted to what it finds.
 */
export interface Frame {
  /** K. */
  readonly bits: number;
  /** The largest u: 1, 3 or 7. */
  readonly largest: number;
  /** Half the distance between neighbouring levels of u in the search, in standard deviations. */
  readonly halfGap: number;
  /** What an entry of H u, and of H v, counts in the whole units of the search: b is to halfGap as ofV to ofU. */
  readonly ofU: number;
  readonly ofV: number;
  /** Temperatures, in variances, of the first and the last sweep with noise. */
  readonly hot: number;
  readonly cold: number;
  /** Levels of positive u, then b, where they are not fitted. */
  readonly levels: readonly number[];
}

/**
 * The search works with levels 5 % below what fits its result best: it then finds more of what is left for
 * the other factor. Found by trial on normal numbers, as the temperatures are.
 */
const FRAMES: readonly Frame[] = [
  { bits: 2, largest: 1, halfGap: 0.64, ofU: 31, ofV: 31, hot: 0.2, cold: 0.08, levels: [0.678, 0.678] },
  {
    bits: 3,
    largest: 3,
    halfGap: 0.445,
    ofU: 15,
    ofV: 11,
    hot: 0.06,
    cold: 0.025,
    levels: [0.438, 1.353, 0.364],
  },
  {
    bits: 4,
    largest: 7,
    halfGap: 0.25,
    ofU: 9,
    ofV: 7,
    hot: 0.018,
    cold: 0.009,
    levels: [0.248, 0.747, 1.243, 1.783, 0.215],
  },
];

/** The frame of `bits` bits a weight; `undefined` where there is none. */
export function frameOf(bits: number): Frame | undefined {
  return FRAMES.find((frame) => frame.bits === bits);
}

/** Whole units a standard deviation, for blocks of a length. */
export function unitsOf({ halfGap, ofU }: Frame, length: number): number {
  return (ofU * Math.sqrt(length)) / halfGap;
}

/** Distance between neighbouring levels of u in whole units. */
export function levelGap(frame: Frame, length: number): number {
  return Math.floor(2 * frame.halfGap * unitsOf(frame, length) + 0.5);
}

/** The nearest of ±½ gap, ±1½ gap, … as an odd whole number. */
export function nearestLevel(target: number, largest: number, gap: number): number {
  const sign = target < 0 ? -1 : 1;
  let level = 1;
  for (let border = gap; level < largest && Math.abs(target) > border; border += gap) level += 2;
  return sign * level;
}

/** The odd whole number of a code of `bits` bits. */
export function levelOf(code: number, bits: number): number {
  return 2 * code - (2 ** bits - 1);
}
