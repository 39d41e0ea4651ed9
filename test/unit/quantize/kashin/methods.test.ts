import { describe, expect, it } from 'vitest';
import { kashinAlternating } from '../../../../src/quantize/kashin/kashinAlternating';
import { kashinGreedy } from '../../../../src/quantize/kashin/kashinGreedy';
import { kashinTruncation } from '../../../../src/quantize/kashin/kashinTruncation';
import {
  nearRankOneMatrix,
  outlierColumnsMatrix,
  scaledRowsMatrix,
  studentVector,
} from '../../../../src/studies/kashin/sources';
import { bitsPerWeight, describeContract, quantizeOptions, readBack } from '../methodContract';
import { distortion, normalSample } from '../samples';

const OPTIONS = quantizeOptions({ bits: 4, groupSize: 4096 });
const JOINT_BYTES = 12 + 8 + 4 + 2 * 16 * 2;

describeContract(kashinGreedy, OPTIONS);
describeContract(kashinGreedy, { ...OPTIONS, codebook: 'separate', transform: 'rows' });
describeContract(kashinGreedy, { ...OPTIONS, transform: 'kronecker' });
describeContract(kashinGreedy, { ...OPTIONS, bits: 5 });
// Its first steps go to the rotated basis, where a constant is as good as noise.
describeContract(kashinAlternating, OPTIONS, { shape: [32, 256], constantError: 0.7 });
describeContract(kashinTruncation, OPTIONS);

describe('at 4 bits, normal numbers lose', () => {
  const x = normalSample(2 ** 18, 1);

  it('0.0168 with kashin-greedy and its joint codebook', async () => {
    const quantized = await kashinGreedy.quantize(x, [512, 512], OPTIONS);
    expect(Math.abs(distortion(x, quantized.values) - 0.0168)).toBeLessThan(0.0005);
    expect(quantized.iterations).toBeLessThan(20);
    // One scale, for the tensor is one vector.
    expect(bitsPerWeight(quantized)).toBeCloseTo(4 + (8 * (JOINT_BYTES + 2)) / x.length, 6);
  });

  it('0.0167 with kashin-alternating, row by row', async () => {
    const quantized = await kashinAlternating.quantize(x, [64, 4096], OPTIONS);
    expect(Math.abs(distortion(x, quantized.values) - 0.0167)).toBeLessThan(0.0005);
    // Levels and a scale for each row.
    expect(bitsPerWeight(quantized)).toBeCloseTo(4 + 80 / 4096 + (8 * (12 + 8 + 4)) / x.length, 6);
  });

  it('more with kashin-truncation', async () => {
    const { values } = await kashinTruncation.quantize(x, [512, 512], OPTIONS);
    expect(distortion(x, values)).toBeGreaterThan(0.03);
    expect(distortion(x, values)).toBeLessThan(0.042);
  });

  it.each([
    [2, 0.3],
    [3, 0.08],
    [5, 0.0095],
    [6, 0.0055],
  ])('with %i bits less than %f', async (bits, limit) => {
    const { values } = await kashinGreedy.quantize(x, [512, 512], { ...OPTIONS, bits });
    expect(distortion(x, values)).toBeLessThan(limit);
  });
});

describe('codebooks', () => {
  it('joint ones bear a greedy order that leaves one factor with two peaks and the other with eight', async () => {
    // Here the first step alone goes to its factor, and the next two to the other: some vectors are so.
    const x = normalSample(4096, 305);
    const order = { ...OPTIONS, seed: 6 };
    const separate = await kashinGreedy.quantize(x, [4096], { ...order, codebook: 'separate' });
    const joint = await kashinGreedy.quantize(x, [4096], order);
    expect(distortion(x, separate.values)).toBeGreaterThan(0.03);
    expect(distortion(x, joint.values)).toBeLessThan(0.02);
    const alternating = await kashinAlternating.quantize(x, [4096], order);
    expect(distortion(x, alternating.values)).toBeLessThan(0.0175);
  });

  it('heavy tails and outliers lose hardly more than normal numbers', async () => {
    for (const { rows, columns, values } of [
      { rows: 256, columns: 512, values: studentVector(2 ** 17, 4, 1) },
      outlierColumnsMatrix(256, 512, 1),
      scaledRowsMatrix(256, 512, 1),
      nearRankOneMatrix(256, 512, 1),
    ]) {
      const quantized = await kashinGreedy.quantize(values, [rows, columns], OPTIONS);
      expect(distortion(values, quantized.values)).toBeLessThan(0.0205);
    }
  });

  it('are odd: the negated tensor gives negated values', async () => {
    const x = normalSample(8192, 7);
    for (const method of [kashinGreedy, kashinAlternating, kashinTruncation]) {
      const { values } = await method.quantize(x, [16, 512], OPTIONS);
      const negated = await method.quantize(
        x.map((value) => -value),
        [16, 512],
        OPTIONS,
      );
      expect(negated.values).toEqual(values.map((value) => -value));
    }
  });
});

describe('vectors', () => {
  it('of more than a million elements are pieces of the tensor, each read alone', async () => {
    const shape = [3, 2 ** 20 + 1000];
    const x = normalSample(shape[0]! * shape[1]!, 1);
    const quantized = await kashinGreedy.quantize(x, shape, OPTIONS);
    expect(quantized.packed.chunks.length).toBe(3);
    expect(quantized.decomposition!.vectors).toBe(3);
    const read = await readBack(kashinGreedy, shape, quantized);
    expect(Buffer.compare(Buffer.from(read.buffer), Buffer.from(quantized.values.buffer))).toBe(0);
    expect(distortion(x, quantized.values)).toBeLessThan(0.0173);
  });

  it('of rows have scales of their own, down to rows of zeros', async () => {
    const x = normalSample(64 * 512, 2).map((value, i) => value * [1, 0.01, 0][(i >> 9) % 3]!);
    const quantized = await kashinAlternating.quantize(x, [64, 512], OPTIONS);
    expect(quantized.decomposition).toMatchObject({ vectors: 64, transform: 'rows' });
    const third = (values: Float32Array, k: number) => values.filter((_, i) => (i >> 9) % 3 === k);
    expect(distortion(third(x, 0), third(quantized.values, 0))).toBeLessThan(0.02);
    expect(distortion(third(x, 1), third(quantized.values, 1))).toBeLessThan(0.02);
    expect(third(quantized.values, 2).every((value) => value === 0)).toBe(true);
  });

  it('of rows are given up for the whole tensor where rows are short', async () => {
    const x = normalSample(64 * 128, 2);
    const { decomposition } = await kashinAlternating.quantize(x, [64, 128], OPTIONS);
    expect(decomposition).toMatchObject({ vectors: 1, transform: 'full' });
    const asked = await kashinAlternating.quantize(x, [64, 128], { ...OPTIONS, transform: 'rows' });
    expect(asked.decomposition).toMatchObject({ vectors: 64, transform: 'rows' });
  });
});

describe('the Kronecker product', () => {
  const kronecker = { ...OPTIONS, transform: 'kronecker' } as const;

  it('serves even matrices', async () => {
    const x = normalSample(96 * 512, 1);
    const quantized = await kashinGreedy.quantize(x, [96, 512], kronecker);
    expect(quantized.decomposition).toMatchObject({ transform: 'kronecker', vectors: 1 });
    expect(quantized.decomposition).not.toHaveProperty('fallback');
    expect(quantized).not.toHaveProperty('warning');
    expect(distortion(x, quantized.values)).toBeLessThan(0.0175);
  });

  it.each([
    ['largest row', scaledRowsMatrix(256, 512, 1)],
    ['largest column', outlierColumnsMatrix(256, 512, 1)],
    ['in one direction', nearRankOneMatrix(256, 512, 1)],
  ])('stalls by its %s: that is said, and the whole tensor is one vector', async (cause, matrix) => {
    const { values, rows, columns } = matrix;
    const quantized = await kashinGreedy.quantize(values, [rows, columns], kronecker);
    const { fallback, transform, unfinished } = quantized.decomposition!;
    expect(transform).toBe('full');
    expect(unfinished).toBeUndefined();
    expect(fallback!.cause).toContain(cause);
    expect(fallback!.flatness).toBeLessThan(0.4);
    expect(quantized.warning).toContain('stalled');
    expect(distortion(values, quantized.values)).toBeLessThan(0.0205);
  });
});

describe('the trace', () => {
  it('tells how the decomposition went, and what the codes stand for', async () => {
    const x = normalSample(2 ** 15, 1);
    const { decomposition, iterations } = await kashinGreedy.quantize(x, [64, 512], OPTIONS);
    const { residual, flatness, maxNorm, histogram, joint } = decomposition!;
    expect(residual[0]).toBe(1);
    expect(residual.length).toBe(iterations + 1);
    expect(residual.at(-1)).toBeLessThanOrEqual(1e-3);
    expect(flatness!.length).toBe(residual.length);
    for (let k = 1; k < residual.length; k++) {
      expect(residual[k]! / residual[k - 1]!).toBeCloseTo(Math.sqrt(1 - flatness![k - 1]! ** 2), 3);
      expect(flatness![k]).toBeGreaterThan(0.65);
    }
    expect(Math.max(maxNorm.u, maxNorm.v)).toBeCloseTo(1.47, 1);
    for (const { counts, centroids } of [histogram.u, histogram.v]) {
      expect(counts.reduce((a, b) => a + b)).toBe(x.length);
      expect(centroids).toEqual(centroids.toSorted((a, b) => a - b));
      expect(centroids.length).toBe(16);
      expect(centroids.at(-1)).toBeCloseTo(1.46, 1);
    }
    expect(joint!.counts.length).toBe(joint!.bins ** 2);
    expect(joint!.counts.reduce((a, b) => a + b)).toBe(x.length);
    expect(joint!.centroids.length).toBe(16);
    // In units of x the outermost cells are those of the largest entries.
    const occupied = joint!.counts.flatMap((count, i) => (count > 0 ? [i] : []));
    const edge = (cell: number) => joint!.start + (cell + 1) * joint!.width;
    const reach = (cells: readonly number[]) => Math.max(...cells.map((cell) => Math.abs(edge(cell))));
    const { bins, width } = joint!;
    expect(Math.abs(reach(occupied.map((i) => Math.floor(i / bins))) - maxNorm.u)).toBeLessThan(width);
    expect(Math.abs(reach(occupied.map((i) => i % bins)) - maxNorm.v)).toBeLessThan(width);
    // The centroids lie where the pairs are: a third of the bins, those around them, hold nine tenths.
    const bin = (value: number) => Math.floor((value - joint!.start) / joint!.width);
    const near = new Set(
      joint!.centroids.flatMap(([u, v]) =>
        [-2, -1, 0, 1, 2].flatMap((i) =>
          [-2, -1, 0, 1, 2].map((j) => (bin(u) + i) * joint!.bins + bin(v) + j),
        ),
      ),
    );
    const held = [...near].reduce((sum, at) => sum + joint!.counts[at]!, 0);
    expect(near.size).toBeLessThan(joint!.counts.length / 3);
    expect(held / x.length).toBeGreaterThan(0.9);
  });

  it('of many vectors is that of all together', async () => {
    const x = normalSample(64 * 512, 1);
    const { decomposition, iterations } = await kashinAlternating.quantize(x, [64, 512], OPTIONS);
    const { residual, flatness, vectors, histogram } = decomposition!;
    expect(vectors).toBe(64);
    expect(residual.length).toBe(iterations + 1);
    expect(flatness!.slice(0, 10).every((rho) => rho > 0.7 && rho < 0.85)).toBe(true);
    expect(histogram.u.counts.reduce((a, b) => a + b)).toBe(x.length);
    expect(histogram.u.centroids[3]).toBeCloseTo(1.46, 1);
    expect(histogram.u.centroids[2]).toBeCloseTo(0.37, 1);
    expect(decomposition).not.toHaveProperty('joint');
  });
});
