import { consecutive } from '../groups';

/**
 * Writes the entries that `codes` stand for into `factor`; `levels` holds a and b of each group. Bit 0
 * of a code chooses the larger level, bit 1 the negative sign.
 */
export function decodeFactor(
  codes: Uint8Array,
  levels: Float32Array,
  groupSize: number,
  factor: Float32Array,
): void {
  const table = new Float32Array(4);
  let group = 0;
  for (const { start, end } of consecutive(0, factor.length, groupSize)) {
    const small = levels[2 * group]!;
    const large = levels[2 * group + 1]!;
    table.set([small, large, -small, -large]);
    for (let i = start; i < end; i++) factor[i] = table[codes[i]!]!;
    group++;
  }
}
