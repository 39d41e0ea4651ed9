import { expect, it } from 'vitest';
import { measureUnevenness, stallCause } from '../../../../src/quantize/kashin/unevenness';
import {
  nearRankOneMatrix,
  normalMatrix,
  outlierColumnsMatrix,
  scaledRowsMatrix,
  type Matrix,
} from '../../../../src/studies/kashin/sources';

const measure = ({ values, rows }: Matrix) => measureUnevenness(values, rows);

it('normal numbers are even', () => {
  const { rows, columns, leading } = measure(normalMatrix(256, 512, 1));
  expect(rows).toBeGreaterThan(1);
  expect(rows).toBeLessThan(1.2);
  expect(columns).toBeLessThan(1.25);
  // The largest singular value of n × m normal numbers is about √n + √m.
  expect(leading).toBeCloseTo((Math.sqrt(256) + Math.sqrt(512)) ** 2 / (256 * 512), 2);
  expect(stallCause({ rows, columns, leading })).toBe('neither factor is flat');
});

it('rows and columns are measured by their root mean squares', () => {
  // One row of fours among ones: √(16 / ((16 + 3) / 4)).
  const values = Float32Array.from([1, 1, 4, 4, 1, 1, 1, 1]);
  const { rows, columns } = measureUnevenness(values, 4);
  expect(rows).toBeCloseTo(Math.sqrt(16 / 4.75), 12);
  expect(columns).toBeCloseTo(1, 12);
});

it('names what is unequal', () => {
  expect(stallCause(measure(scaledRowsMatrix(256, 512, 1)))).toMatch(/^its largest row is \d\.\d times/);
  expect(stallCause(measure(outlierColumnsMatrix(256, 512, 1)))).toMatch(/^its largest column is 1\d\.\d/);
  expect(stallCause(measure(nearRankOneMatrix(256, 512, 1)))).toBe('100 % of its energy is in one direction');
});
