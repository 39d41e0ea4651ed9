import { describe, expect, it } from 'vitest';
import { kashinSearch } from '../../../../src/quantize/kashin/search/kashinSearch';
import type { FeedbackMatrix, QuantizationMethod } from '../../../../src/quantize/method';
import { trellis } from '../../../../src/quantize/trellis/trellis';
import { bitsPerWeight, quantizeOptions, readBack } from '../methodContract';
import { bitsOf, distortion, normalSample } from '../samples';
import { STRUCTURED } from '../structured';

const options = (bits: number) => quantizeOptions({ bits, groupSize: 256, preset: 'fast' });

function feedbackMatrix(rows: number, columns: number, work: Float32Array): FeedbackMatrix {
  return { rows, columns, work, rowSteps: new Float64Array(rows).fill(1) };
}

/** Codes all rows, with the matrix changed by `between` after each; then reads the file. */
async function codeRows(
  method: QuantizationMethod,
  matrix: FeedbackMatrix,
  bits: number,
  between: (row: number) => void = () => undefined,
) {
  const { rows, columns } = matrix;
  const coder = method.startRows!(matrix, options(bits));
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    coder.code(row, values.subarray(row * columns, (row + 1) * columns));
    between(row);
  }
  const quantized = { ...coder.finish(), values, iterations: 0 };
  expect(bitsOf(await readBack(method, [rows, columns], quantized))).toEqual(bitsOf(values));
  return quantized;
}

describe.each([
  ['trellis', trellis, 0.0755],
  ['kashin-search', kashinSearch, 0.087],
] as const)('%s, row by row', (_, method, limit) => {
  it('writes what a decoder reads, for short rows and for rows longer than a chunk', async () => {
    for (const [rows, columns] of [
      [40, 7],
      [100, 64],
      [30, 1000],
      [2, 70_000],
    ] as const) {
      for (const bits of [2, 3]) {
        await codeRows(method, feedbackMatrix(rows, columns, normalSample(rows * columns, rows)), bits);
      }
    }
  });

  it('comes near the distortion of the whole matrix, for a byte a row', async () => {
    const [rows, columns] = [200, 384];
    for (const x of [normalSample(rows * columns, 1), STRUCTURED['outlier-channel']!(rows, columns)]) {
      const quantized = await codeRows(method, feedbackMatrix(rows, columns, x), 2);
      expect(distortion(x, quantized.values)).toBeLessThan(limit);
      expect(bitsPerWeight(quantized) - 2).toBeLessThan(8 / columns + 0.01);
    }
  });

  it('codes rows as they are when their turn comes', async () => {
    const [rows, columns] = [20, 256];
    const work = new Float32Array(rows * columns);
    const later = normalSample(rows * columns, 7);
    work.set(later.subarray(0, columns));
    const { values } = await codeRows(method, feedbackMatrix(rows, columns, work), 3, (row) => {
      const next = (row + 1) * columns;
      work.set(later.subarray(next, next + columns), next);
    });
    expect(distortion(later, values)).toBeLessThan(0.035);
  });
});
