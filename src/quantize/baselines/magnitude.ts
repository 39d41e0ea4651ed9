const LARGEST_FLOAT = 3.4028234663852886e38;

/** How many units a decoded weight may be at most, where weights themselves are at most one. */
const LONGEST_REACH = 16;

export function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  const { length } = values;
  for (let i = 0; i < length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/**
 * The unit, or less of it where that would decode a weight to more than float32 holds: a level may lie
 * farther out than any weight. `decode` gives the decoded weights for a unit.
 */
export function boundedUnit(unit: number, decode: (unit: number) => Float32Array): number {
  if (unit < LARGEST_FLOAT / LONGEST_REACH) return unit;
  const reach = largestMagnitude(decode(1));
  return unit * reach < LARGEST_FLOAT ? unit : Math.fround((0.999 * LARGEST_FLOAT) / reach);
}
