import { describe, expect, it } from 'vitest';
import type { Preset } from '../../../../../src/protocol/jobSpec';
import { kashinSearch } from '../../../../../src/quantize/kashin/search/kashinSearch';
import { bitsPerWeight, describeContract, quantizeOptions } from '../../methodContract';
import { distortion, normalSample } from '../../samples';
import { STRUCTURED } from '../../structured';

const options = (bits: number, preset: Preset = 'fast') => quantizeOptions({ bits, preset, groupSize: 256 });

for (const bits of [2, 4]) describeContract(kashinSearch, options(bits), { constantError: 2 });

describe('kashin-search', () => {
  const normal = normalSample(128 * 512, 1);

  it.each([
    ['fast', 2, 0.0825],
    ['fast', 3, 0.027],
    ['fast', 4, 0.0089],
    ['balanced', 2, 0.0795],
  ] as const)(
    '%s at %i bits has a distortion of at most %f on normal weights',
    async (preset, bits, limit) => {
      const quantized = await kashinSearch.quantize(normal, [128, 512], options(bits, preset));
      expect(distortion(normal, quantized.values)).toBeLessThanOrEqual(limit);
      // A byte a row of 512, and less than 0.02 for levels and for what holds chunks together.
      expect(bitsPerWeight(quantized) - bits).toBeLessThan(8 / 512 + 0.02);
    },
  );

  it('thorough comes to 0.0785 at 2 bits', async () => {
    const x = normal.subarray(0, 16 * 512);
    const { values } = await kashinSearch.quantize(x, [16, 512], options(2, 'thorough'));
    expect(distortion(x, values)).toBeLessThanOrEqual(0.0785);
  });

  it.each(Object.keys(STRUCTURED))('codes a %s matrix as well as a normal one', async (name) => {
    const [rows, columns] = [128, 384];
    const x = STRUCTURED[name]!(rows, columns);
    for (const bits of [2, 4]) {
      const [hard, easy] = await Promise.all(
        [x, normal.slice(0, x.length)].map(async (weights) =>
          distortion(weights, (await kashinSearch.quantize(weights, [rows, columns], options(bits))).values),
        ),
      );
      // All rows of a matrix of rank 1 share one vector, whose kurtosis is left to chance.
      expect(hard! / easy!).toBeLessThan(name === 'nearly rank-1' ? 1.12 : 1.05);
    }
  });

  it('pays hardly anything for lengths that are no multiple of its blocks', async () => {
    const [rows, columns] = [61, 333];
    const x = normalSample(rows * columns, 2);
    const quantized = await kashinSearch.quantize(x, [rows, columns], options(2));
    expect(quantized.packed.chunks.map(({ length }) => length)).toEqual([
      4 + rows + 2 * 2 + 2 * Math.ceil(x.length / 8),
    ]);
    expect(distortion(x, quantized.values)).toBeLessThan(0.084);
  });
});
