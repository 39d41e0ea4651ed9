import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { createTrellisCode, type TrellisCode } from '../../../../src/quantize/trellis/code';
import { createPlainSearch } from '../../../../src/quantize/trellis/plainSearch';
import { createSearchKernel } from '../../../../src/quantize/trellis/searchKernel';
import { trellisCode } from '../../../../src/quantize/trellis/tables';
import { trellisWeights, type TrellisWeights } from '../../../../src/quantize/trellis/weights';
import { publishedDraws } from '../publishedDraws';
import { normalSample } from '../samples';

/** The code of the published vector: 2 bits, windows of 6. */
function publishedCode(): TrellisCode {
  const values = new Int16Array(128);
  for (let w = 0; w < 64; w++) {
    values[64 + w] = 2 + ((37 * w + 11) & 63);
    values[63 - w] = -values[64 + w]!;
  }
  return createTrellisCode({ bits: 2, windowBits: 6, scale: 28, values });
}

/** Whether each window is the one before with one more bit. */
function isPath({ states }: TrellisCode, entries: Uint16Array, start: number): boolean {
  let state = start;
  return entries.every((entry) => {
    const window = entry & (2 * states - 1);
    const follows = window >> 1 === state;
    state = window & (states - 1);
    return follows;
  });
}

describe('the search of the trellis', () => {
  it.each([
    ['in WebAssembly', createSearchKernel],
    ['in TypeScript', createPlainSearch],
  ])('gives the published values, %s', (_, create) => {
    const code = publishedCode();
    const weights = Int16Array.from(publishedDraws(), (x) => Math.round(28 * x));
    const { entries } = create(code)({ weights, places: new Uint8Array(32).fill(1) }, 0);
    const values = Array.from(entries, (entry) => code.values[entry]!);
    expect(values).toEqual([
      -40, 50, -30, 6, 36, -21, -2, -55, -33, -26, -12, 5, 34, 28, -10, -7, -65, -53, 24, 8, 3, 30, -6, -63,
      31, -4, -32, -51, -62, -20, 26, 12,
    ]);
    expect(values.reduce((sum, value, i) => sum + (value - weights[i]!) ** 2, 0)).toBe(2742);
  });

  it.each([
    [2, 8, [1, 2, 7, 512, 560, 561, 1200]],
    [3, 8, [1, 3, 600]],
    [4, 8, [1, 5, 513]],
    [4, 10, [1, 200]],
  ] as const)(
    'at %i bits and windows of %i gives the same bits in both, and a path',
    (bits, windowBits, lengths) => {
      const code = trellisCode(bits, windowBits)!;
      const [plain, kernel] = [createPlainSearch(code), createSearchKernel(code)];
      const random = new Random(bits);
      for (const length of lengths) {
        const start = random.integer(code.states);
        const weights = trellisWeights(normalSample(length, length), code);
        const expected = plain(weights, start);
        const found = kernel(weights, start);
        expect(found).toEqual(expected);
        expect(isPath(code, found.entries, start)).toBe(true);
      }
    },
  );

  it('stays on a path from its start where every distance saturates', () => {
    const code = trellisCode(2, 8)!;
    const largest = trellisWeights(new Float32Array(600).fill(100), code);
    const alternating = trellisWeights(
      Float32Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? 100 : -100)),
      code,
    );
    for (const weights of [largest, alternating] satisfies TrellisWeights[]) {
      for (const start of [0, 85, 127]) {
        const found = createSearchKernel(code)(weights, start);
        expect(found).toEqual(createPlainSearch(code)(weights, start));
        expect(isPath(code, found.entries, start)).toBe(true);
      }
    }
  });

  it('goes on from an end as if there had been no cut', () => {
    const code = trellisCode(3, 8)!;
    const search = createSearchKernel(code);
    const weights = trellisWeights(normalSample(1000, 3), code);
    const part = (start: number, end: number): TrellisWeights => ({
      weights: weights.weights.subarray(start, end),
      places: weights.places.subarray(start, end),
    });
    const first = search(part(0, 400), 0);
    const firstEntries = first.entries.slice();
    const second = search(part(400, 1000), first.end);
    expect(isPath(code, Uint16Array.from([...firstEntries, ...second.entries]), 0)).toBe(true);
  });
});
