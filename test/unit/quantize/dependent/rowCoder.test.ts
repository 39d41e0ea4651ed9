import { describe, expect, it } from 'vitest';
import { dependent } from '../../../../src/quantize/dependent/dependent';
import { startDependentRows } from '../../../../src/quantize/dependent/rowCoder';
import type { FeedbackMatrix } from '../../../../src/quantize/method';
import { bitsPerWeight, quantizeOptions, readBack } from '../methodContract';
import { bitsOf, distortion, normalSample } from '../samples';

const options = (bits: number) => quantizeOptions({ bits, groupSize: 128 });

/** Codes all rows as they are, and then reads the file. */
async function codeRows(matrix: FeedbackMatrix, bits: number, step?: number) {
  const { rows, columns } = matrix;
  const coder = startDependentRows(matrix, options(bits), step === undefined ? undefined : { step });
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) coder.code(r, values.subarray(r * columns, (r + 1) * columns));
  const quantized = { ...coder.finish(), values, iterations: 0 };
  expect(bitsOf(await readBack(dependent, [rows, columns], quantized))).toEqual(bitsOf(values));
  return quantized;
}

describe('the row coder of dependent', () => {
  it('writes what a decoder reads, for short rows and for rows longer than a chunk', async () => {
    for (const [rows, columns] of [
      [40, 7],
      [300, 64],
      [70, 1000],
      [3, 70_000],
      [2, 400_000],
    ] as const) {
      const work = normalSample(rows * columns, rows);
      await codeRows({ rows, columns, work, rowSteps: new Float64Array(rows).fill(1) }, 3);
    }
  });

  it('comes near the bits that it is told, and loses nothing where a row ends', async () => {
    const [rows, columns] = [256, 512];
    const work = normalSample(rows * columns, 1);
    for (const bits of [1.5, 2, 3, 4]) {
      const quantized = await codeRows(
        { rows, columns, work, rowSteps: new Float64Array(rows).fill(0.3) },
        bits,
      );
      const taken = bitsPerWeight(quantized);
      expect(Math.abs(taken - bits)).toBeLessThan(0.04);
      expect(10 * Math.log10(distortion(work, quantized.values) * 4 ** taken)).toBeLessThan(0.3);
    }
  });

  it('gives rows steps in proportion, rounded to quarter octaves', async () => {
    const [rows, columns] = [64, 4096];
    const work = normalSample(rows * columns, 2);
    const rowSteps = Float64Array.from({ length: rows }, (_, r) => 2 ** ((r % 9) / 8));
    const { values } = await codeRows({ rows, columns, work, rowSteps }, 4, 0.1);
    for (let r = 0; r < rows; r++) {
      const row = values.subarray(r * columns, (r + 1) * columns);
      const step = 0.1 * 2 ** (Math.round((r % 9) / 2) / 4);
      const remainders = row.map((value) => Math.abs(value / step - Math.round(value / step)));
      expect(Math.max(...remainders)).toBeLessThan(1e-3);
    }
  });

  it('looks at rows as they are when it codes them', () => {
    const [rows, columns] = [4, 2000];
    const work = normalSample(rows * columns, 3);
    const coder = startDependentRows(
      { rows, columns, work, rowSteps: new Float64Array(rows).fill(1) },
      options(4),
    );
    const row = new Float32Array(columns);
    coder.code(0, row);
    const changed = normalSample(columns, 9).map((value) => 5 * value);
    work.set(changed, columns);
    coder.code(1, row);
    // Five times the signal at the step of the others.
    expect(distortion(changed, row)).toBeLessThan((1.2 * 4 ** -4) / 25);
  });

  it('spends fewer bits where columns have sizes of their own', async () => {
    const [rows, columns] = [256, 512];
    const rowSteps = new Float64Array(rows).fill(1);
    const flat = normalSample(rows * columns, 4);
    const uneven = flat.map((value, i) => value * 2 ** (((i % columns) % 5) - 2));
    const step = 0.25;
    const one = await codeRows({ rows, columns, work: flat, rowSteps }, 3, step);
    const other = await codeRows({ rows, columns, work: uneven, rowSteps }, 3, step);
    // The mean of the logarithms is the same; without classes the mixture costs 0.3 bits more.
    expect(bitsPerWeight(other) - bitsPerWeight(one)).toBeLessThan(0.1);
  });
});
