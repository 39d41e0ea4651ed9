export interface Shares {
  /** Sum of the frequencies, with multiplicities. */
  readonly total: number;
  /** How often the frequency of entry i counts in the sum, 1 or 2. */
  readonly times: (i: number) => number;
  /** The entry whose frequency that of entry i may not exceed; i itself where there is none. */
  readonly above: (i: number) => number;
}

/**
 * Whole frequencies for symbols of the given weights, such that coding them takes the fewest bits: at least 1
 * where a weight is not 0, their sum with multiplicities exactly the total. Shares are rounded down, and what
 * is left is given away one by one, each to whom it saves most.
 */
export function apportion(weights: ArrayLike<number>, { total, times, above }: Shares): Uint16Array {
  const { length } = weights;
  const multiplicities = Uint8Array.from({ length }, (_, i) => times(i));
  let sum = 0;
  for (let i = 0; i < length; i++) sum += weights[i]! * multiplicities[i]!;
  const frequencies = new Uint16Array(length);
  let rest = total;
  for (let i = 0; i < length; i++) {
    const weight = weights[i]!;
    frequencies[i] = weight > 0 ? Math.max(1, Math.floor((weight * total) / sum)) : 0;
    rest -= frequencies[i]! * multiplicities[i]!;
  }

  // Where many weights are worth less than 1, the others have too much.
  while (rest < 0) {
    const i = leastOf(length, (j) =>
      frequencies[j]! > 1 && !isBelow(j)
        ? weights[j]! * Math.log(frequencies[j]! / (frequencies[j]! - 1))
        : Infinity,
    );
    frequencies[i]!--;
    rest += multiplicities[i]!;
  }
  while (rest > 0) {
    const i = leastOf(length, (j) =>
      multiplicities[j]! <= rest && (above(j) === j || frequencies[j]! < frequencies[above(j)]!)
        ? -weights[j]! * Math.log((frequencies[j]! + 1) / frequencies[j]!)
        : Infinity,
    );
    frequencies[i]!++;
    rest -= multiplicities[i]!;
  }
  return frequencies;

  /** Whether the next entry would exceed this one if it lost 1. */
  function isBelow(i: number): boolean {
    return i + 1 < length && above(i + 1) === i && frequencies[i + 1] === frequencies[i];
  }
}

function leastOf(length: number, cost: (i: number) => number): number {
  let best = 0;
  let least = Infinity;
  for (let i = 0; i < length; i++) {
    const own = cost(i);
    if (own < least) {
      least = own;
      best = i;
    }
  }
  return best;
}
