import type { TrellisCode } from './code';

/** Numbers as the search takes them. */
export interface TrellisWeights {
  /** In units of 1 / scale, rounded, and clipped at 4.5 standard deviations. */
  readonly weights: Int16Array;
  /**
   * Which buckets each is compared with: place p means p − 1 and p, of those that exist. More buckets
   * would lower the distortion by 0.03 % at most, and take longer.
   */
  readonly places: Uint8Array;
}

/**
 * Borders of the places for K bits, the positive ones: normal quantiles of (p + ½) / 2^(K−1). Between two
 * borders the two nearest buckets count, beyond the last one only the outer bucket.
 */
const BORDERS: Readonly<Record<number, readonly number[]>> = {
  2: [0.6745],
  3: [0.3186, 1.1503],
  4: [0.1573, 0.4888, 0.8871, 1.5341],
};

/**
 * Standard deviations at which weights are clipped, beyond all values of the tables: it keeps every distance
 * that the search squares below 256. Clipping at the largest value would let training shrink the range.
 */
const CLIP = 4.5;

/** Prepares numbers of variance about 1 for the search of a code. */
export function trellisWeights(numbers: Float32Array, code: TrellisCode): TrellisWeights {
  const largest = CLIP * code.scale;
  const placeOf = tabulatePlaces(code, largest);
  const { length } = numbers;
  const weights = new Int16Array(length);
  const places = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const scaled = Math.floor(numbers[i]! * code.scale + 0.5);
    const weight = scaled > largest ? largest : scaled < -largest ? -largest : scaled;
    weights[i] = weight;
    places[i] = placeOf[weight + largest]!;
  }
  return { weights, places };
}

/** The place of each whole number from −largest to largest. */
function tabulatePlaces({ bits, scale }: TrellisCode, largest: number): Uint8Array {
  const positive = BORDERS[bits]!.map((border) => border * scale);
  return Uint8Array.from({ length: 2 * largest + 1 }, (_, i) => {
    const weight = i - largest;
    const passed = positive.filter((border) => weight > border).length;
    return passed + positive.filter((border) => weight > -border).length;
  });
}
