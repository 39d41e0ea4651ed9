import { describe, expect, it } from 'vitest';
import { createPlainRowUpdates } from '../../../../src/quantize/feedback/plainRowUpdates';
import { createRowUpdates, type RowUpdates } from '../../../../src/quantize/feedback/rowUpdates';
import { bitsOf, normalSample } from '../samples';

function fill(updates: RowUpdates): RowUpdates {
  updates.target.set(normalSample(updates.target.length, 1));
  updates.block.set(normalSample(updates.block.length, 2));
  updates.coefficients.set(normalSample(updates.coefficients.length, 3));
  return updates;
}

describe('the kernel of row updates', () => {
  it.each([
    [1, 1, 1],
    [5, 16, 3],
    [9, 33, 4],
    [40, 100, 7],
    [64, 15, 64],
  ])(
    'changes %i rows of %i columns by %i others as plain TypeScript does, to the bit',
    (rows, columns, block) => {
      const kernel = fill(createRowUpdates(rows, columns, block));
      const plain = fill(createPlainRowUpdates(rows, columns, block));
      for (const [from, to, first, count] of [
        [0, rows, 0, block],
        [rows >> 1, rows, block >> 1, 1],
        [0, 1, 0, block],
        [rows, rows, 0, block],
        [0, rows, 0, 0],
      ] as const) {
        kernel.subtract(from, to, first, count);
        plain.subtract(from, to, first, count);
        expect(bitsOf(kernel.target)).toEqual(bitsOf(plain.target));
      }
      expect(kernel.block).toEqual(plain.block);
      expect(kernel.coefficients).toEqual(plain.coefficients);
    },
  );

  it('keeps several matrices apart', () => {
    const one = fill(createRowUpdates(20, 20, 4));
    const before = one.target.slice();
    fill(createRowUpdates(500, 300, 128)).subtract(0, 500, 0, 128);
    expect(one.target).toEqual(before);
  });
});
