import { Random } from '../../../math/random';
import type { Range } from '../../groups';
import { SEEDS_USED } from '../../incoherence/spreading';

/** Longest block: at half of it the distortion of 2 bits is 1 % more, at twice 1 % less. */
export const LONGEST_BLOCK = 512;

/**
 * The blocks of `count` numbers in rows of `rowLength`: each row is cut into blocks of 512, and what is left
 * of it into powers of two, longest first. So nothing is padded; short blocks code a little worse.
 */
export function blocksOf(count: number, rowLength: number): Range[] {
  const blocks: Range[] = [];
  for (let row = 0; row < count; row += rowLength) {
    const rowEnd = Math.min(row + rowLength, count);
    for (let start = row; start < rowEnd;) {
      const end = start + Math.min(LONGEST_BLOCK, 2 ** Math.floor(Math.log2(rowEnd - start)));
      blocks.push({ start, end });
      start = end;
    }
  }
  return blocks;
}

/**
 * Signs of the frame's own: ±1 for each coordinate of the longest block, the first of them for shorter
 * ones. Their seed follows those of the incoherence transform: with signs in common the two would partly
 * undo each other.
 */
export function frameSigns(seed: number): Int8Array {
  const random = new Random((seed + SEEDS_USED) >>> 0);
  const words = Uint32Array.from({ length: LONGEST_BLOCK / 32 }, () => random.nextUint32());
  return Int8Array.from({ length: LONGEST_BLOCK }, (_, i) => ((words[i >> 5]! >>> (i & 31)) & 1 ? -1 : 1));
}
