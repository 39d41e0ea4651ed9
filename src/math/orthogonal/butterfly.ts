import { Random } from '../random';
import { checkLength, type OrthogonalTransform } from './transform';

/** Factors of one matrix: with three it mixes as well as a Haar matrix (Merkulov et al., 2024). */
const FACTORS = 3;

/**
 * A product of three factors, each a random permutation followed by stages of rotations: the stage at
 * distance h = 1, 2, 4, … < n turns each pair of entries (i, i + h), where i has the bit of h clear and
 * i + h < n, by a random angle of its own. Entries without a partner stay, so any length is served without
 * padding. O(n log n).
 */
export function createButterfly(length: number, seed: number): OrthogonalTransform {
  const random = new Random(seed);
  const factors = Array.from({ length: FACTORS }, () => createFactor(length, random));
  const backwards = factors.toReversed();
  const work = new Float64Array(length);

  const butterfly: OrthogonalTransform = {
    length,
    apply(z) {
      checkLength(butterfly, z);
      work.set(z);
      for (const { order, stages } of factors) {
        permute(work, order);
        for (const stage of stages) rotate(work, stage, 1);
      }
      z.set(work);
    },
    applyTranspose(z) {
      checkLength(butterfly, z);
      work.set(z);
      for (const { order, stages } of backwards) {
        for (const stage of stages.toReversed()) rotate(work, stage, -1);
        undoPermutation(work, order);
      }
      z.set(work);
    },
  };
  return butterfly;
}

interface Stage {
  readonly distance: number;
  /** Of the pairs' rotations, in the order of their first entries. */
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

interface Factor {
  readonly order: Uint32Array;
  readonly stages: readonly Stage[];
}

function createFactor(length: number, random: Random): Factor {
  const order = random.permutation(length);
  const stages: Stage[] = [];
  for (let distance = 1; distance < length; distance *= 2) {
    const angles = Array.from(pairs(length, distance), () => 2 * Math.PI * random.uniform());
    stages.push({
      distance,
      cosines: Float64Array.from(angles, Math.cos),
      sines: Float64Array.from(angles, Math.sin),
    });
  }
  return { order, stages };
}

/** First entries of the pairs at one distance. */
function* pairs(length: number, distance: number): Generator<number> {
  for (let base = 0; base < length; base += 2 * distance) {
    const end = Math.min(base + distance, length - distance);
    for (let i = base; i < end; i++) yield i;
  }
}

function rotate(z: Float64Array, { distance, cosines, sines }: Stage, direction: 1 | -1): void {
  const { length } = z;
  let pair = 0;
  for (let base = 0; base < length; base += 2 * distance) {
    const end = Math.min(base + distance, length - distance);
    for (let i = base; i < end; i++) {
      const c = cosines[pair]!;
      const s = direction * sines[pair]!;
      pair++;
      const a = z[i]!;
      const b = z[i + distance]!;
      z[i] = c * a - s * b;
      z[i + distance] = s * a + c * b;
    }
  }
}

function permute(z: Float64Array, order: Uint32Array): void {
  const before = z.slice();
  for (let i = 0; i < z.length; i++) z[i] = before[order[i]!]!;
}

function undoPermutation(z: Float64Array, order: Uint32Array): void {
  const before = z.slice();
  for (let i = 0; i < z.length; i++) z[order[i]!] = before[i]!;
}
