/** Below this the error of a tensor is an eighth of its squares and more, and does more harm than it says. */
const FEWEST = 1.5;
/** By how many bits a tensor may be below the whole where that has few. */
const BELOW = 0.25;

/**
 * The fewest bits a weight that any tensor gets, however many it has to spare, where all together have `bits`. Steps
 * are limited to those of normal weights at so many bits: weights that are easier to code may take fewer.
 */
export function fewestBits(bits: number): number {
  return Math.min(FEWEST, bits - BELOW);
}
