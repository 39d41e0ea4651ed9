import { describe, expect, it } from 'vitest';
import { kashinAlternating } from '../../../../src/quantize/kashin/kashinAlternating';
import { kashinGreedy } from '../../../../src/quantize/kashin/kashinGreedy';
import { openKashinMatrix } from '../../../../src/quantize/kashin/product';
import { quantizeOptions } from '../methodContract';
import { normalSample } from '../samples';

const OPTIONS = quantizeOptions({ bits: 4, groupSize: 4096, transform: 'rows' });

/** Σ of W[r, c]·x[c] over c, or over r of its transpose, in float64. */
function dense(values: Float32Array, x: Float32Array, rows: number, transposed: boolean): Float64Array {
  const columns = values.length / rows;
  const product = new Float64Array(transposed ? columns : rows);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (transposed) product[c]! += values[r * columns + c]! * x[r]!;
      else product[r]! += values[r * columns + c]! * x[c]!;
    }
  }
  return product;
}

function distance(a: Float32Array, b: Float64Array): number {
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(b.map((value, i) => value - a[i]!)) / norm(b);
}

describe('a matrix coded row by row multiplies from its codes as the rebuilt one does', () => {
  it.each([
    ['joint pairs', kashinGreedy, { ...OPTIONS, bits: 4 }, [96, 512]],
    ['joint pairs of 3 bits, rows that end within a byte', kashinGreedy, { ...OPTIONS, bits: 3 }, [101, 333]],
    ['levels for each row', kashinAlternating, { ...OPTIONS, groupSize: 512 }, [40, 512]],
    ['levels across rows', kashinAlternating, { ...OPTIONS, groupSize: 1000 }, [100, 300]],
    ['a kernel of a convolution, as a matrix', kashinAlternating, OPTIONS, [3, 3, 40, 256]],
    ['several chunks', kashinAlternating, OPTIONS, [600, 1024]],
  ] as const)('with %s', async (_, method, options, shape) => {
    const size = shape.reduce((product: number, dimension) => product * dimension, 1);
    const { packed, coding, values } = await method.quantize(normalSample(size, 1), shape, options);
    const matrix = openKashinMatrix(coding, shape, packed);
    expect(matrix.rows * matrix.columns).toBe(size);
    const x = normalSample(matrix.columns, 2);
    expect(distance(matrix.multiply(x), dense(values, x, matrix.rows, false))).toBeLessThan(2e-6);
    const y = normalSample(matrix.rows, 3);
    expect(distance(matrix.multiplyTransposed(y), dense(values, y, matrix.rows, true))).toBeLessThan(2e-6);
  });

  it('and rows of zeros give zeros', async () => {
    const w = normalSample(64 * 256, 1).map((value, i) => (i < 256 ? 0 : value));
    const { packed, coding } = await kashinAlternating.quantize(w, [64, 256], OPTIONS);
    const [first] = openKashinMatrix(coding, [64, 256], packed).multiply(normalSample(256, 2));
    expect(Math.abs(first!)).toBe(0);
  });
});

it('vectors that are no rows, and vectors of another length, are refused', async () => {
  const x = normalSample(64 * 256, 1);
  for (const transform of ['full', 'kronecker'] as const) {
    const { packed, coding } = await kashinGreedy.quantize(x, [64, 256], { ...OPTIONS, transform });
    expect(() => openKashinMatrix(coding, [64, 256], packed)).toThrow(
      expect.objectContaining({ code: 'no-rows' }) as Error,
    );
  }
  const { packed, coding } = await kashinGreedy.quantize(x, [64, 256], OPTIONS);
  const matrix = openKashinMatrix(coding, [64, 256], packed);
  expect(() => matrix.multiply(new Float32Array(64))).toThrow(RangeError);
  expect(() => matrix.multiplyTransposed(new Float32Array(256))).toThrow(RangeError);
});
