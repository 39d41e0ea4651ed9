import { describe, expect, it } from 'vitest';
import type { Preset } from '../../../../src/protocol/jobSpec';
import { trellis } from '../../../../src/quantize/trellis/trellis';
import { bitsPerWeight, describeContract, quantizeOptions } from '../methodContract';
import { distortion, normalSample } from '../samples';
import { STRUCTURED } from '../structured';

const options = (bits: number, preset: Preset = 'balanced') =>
  quantizeOptions({ bits, preset, groupSize: 256 });

for (const bits of [2, 4]) describeContract(trellis, options(bits, 'fast'), { constantError: 2 });

describe('trellis', () => {
  const normal = normalSample(256 * 512, 1);

  it.each([
    ['fast', 2, 0.0742],
    ['fast', 3, 0.0189],
    ['fast', 4, 0.0048],
    ['balanced', 2, 0.0715],
    ['balanced', 3, 0.0185],
    ['balanced', 4, 0.0046],
  ] as const)(
    '%s at %i bits has a distortion of at most %f on normal weights',
    async (preset, bits, limit) => {
      const quantized = await trellis.quantize(normal, [256, 512], options(bits, preset));
      expect(distortion(normal, quantized.values)).toBeLessThanOrEqual(limit);
      // A byte a row of 512, and less than 0.01 for what holds chunks together.
      expect(bitsPerWeight(quantized) - bits).toBeLessThan(8 / 512 + 0.01);
    },
  );

  it.each(Object.keys(STRUCTURED))('codes a %s matrix as well as a normal one', async (name) => {
    for (const [rows, columns] of [
      [256, 512],
      [200, 384],
    ] as const) {
      const x = STRUCTURED[name]!(rows, columns);
      for (const bits of [2, 4]) {
        const [hard, easy] = [x, normal.slice(0, x.length)].map(async (weights) =>
          distortion(
            weights,
            (await trellis.quantize(weights, [rows, columns], options(bits, 'fast'))).values,
          ),
        );
        // All rows of a matrix of rank 1 share one vector, whose kurtosis is left to chance.
        expect((await hard!) / (await easy!)).toBeLessThan(name === 'nearly rank-1' ? 1.1 : 1.05);
      }
    }
  });

  it('takes rows together where they are short', async () => {
    const x = normalSample(512 * 40, 4);
    const quantized = await trellis.quantize(x, [512, 40], options(2, 'fast'));
    expect(quantized.coding).toMatchObject({ columns: 40, rowsAScale: 7 });
    expect(quantized.packed.chunks.length).toBe(1);
    expect(distortion(x, quantized.values)).toBeLessThan(0.074);
  });
});
