import type { RowUpdates } from './rowUpdates';

/** In plain TypeScript: the oracle of the kernel. */
export function createPlainRowUpdates(rows: number, columns: number, blockRows: number): RowUpdates {
  const target = new Float32Array(rows * columns);
  const block = new Float32Array(blockRows * columns);
  const coefficients = new Float32Array(blockRows * rows);
  return {
    target,
    block,
    coefficients,
    subtract(from, to, first, count) {
      for (let k = from; k < to; k++) {
        for (let i = first; i < first + count; i++) {
          const coefficient = coefficients[i * rows + k]!;
          for (let j = 0; j < columns; j++) {
            const product = Math.fround(coefficient * block[i * columns + j]!);
            target[k * columns + j] = target[k * columns + j]! - product;
          }
        }
      }
    },
  };
}
