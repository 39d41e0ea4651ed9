import { normalDensity, normalTail } from '../../math/normal';

const ROUNDS = 4000;

const known = new Map<number, Float64Array>();

/**
 * The upper half of the 2^bits levels that have the least mean squared error for standard normal numbers
 * (Max 1960, Lloyd 1982), ascending; the lower half mirrors it. Lloyd's iteration on the density, from the
 * levels that are best where they are many: spaced as the cube root of the density, which is a normal
 * density of variance 3.
 */
export function gaussianLevels(bits: number): Float64Array {
  let levels = known.get(bits);
  if (levels === undefined) {
    levels = iterate(startLevels(2 ** (bits - 1)));
    known.set(bits, levels);
  }
  return levels;
}

function startLevels(count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => Math.sqrt(3) * quantileOfTail(0.5 - (i + 0.5) / (2 * count)),
  );
}

/** The x ≥ 0 that a standard normal number exceeds with a probability, by bisection. */
function quantileOfTail(probability: number): number {
  let low = 0;
  let high = 40;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > probability) low = middle;
    else high = middle;
  }
  return low;
}

function iterate(levels: Float64Array): Float64Array {
  const count = levels.length;
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    let density = normalDensity(0);
    let tail = 0.5;
    for (let i = 0; i < count; i++) {
      const last = i + 1 === count;
      const threshold = last ? Infinity : (levels[i]! + levels[i + 1]!) / 2;
      const nextDensity = last ? 0 : normalDensity(threshold);
      const nextTail = last ? 0 : normalTail(threshold);
      const centroid = (density - nextDensity) / (tail - nextTail);
      moved = Math.max(moved, Math.abs(centroid - levels[i]!));
      levels[i] = centroid;
      density = nextDensity;
      tail = nextTail;
    }
    if (moved < 1e-12) break;
  }
  return levels;
}
