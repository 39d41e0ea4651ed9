/**
 * Adds a reading to those that are kept, in the order of their places, and where there are more than `limit` (at least
 * 3) leaves out the one whose neighbours are closest: what is kept of an endless course stays spread over all of it,
 * with its first and its latest reading.
 */
export function keepSpread<T>(
  kept: readonly T[],
  next: T,
  limit: number,
  placeOf: (one: T) => number,
): readonly T[] {
  const all = [...kept, next];
  if (all.length <= limit) return all;
  let crowded = 1;
  let least = Infinity;
  for (let k = 1; k < all.length - 1; k++) {
    const gap = placeOf(all[k + 1]!) - placeOf(all[k - 1]!);
    if (gap < least) [crowded, least] = [k, gap];
  }
  return all.filter((_, k) => k !== crowded);
}
