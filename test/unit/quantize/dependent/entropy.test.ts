import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { encodeEntropy } from '../../../../src/quantize/dependent/entropyCoder';
import { chooseTable, codedBits } from '../../../../src/quantize/dependent/frequencies';
import type { FrequencyTable } from '../../../../src/quantize/dependent/frequencyTable';
import { streamRanges } from '../../../../src/quantize/dependent/layout';
import { encodeEntropyPlainly } from '../../../../src/quantize/dependent/plainEntropyCoder';
import { createPlainStreamDecoder } from '../../../../src/quantize/dependent/plainStreamDecoder';
import { searchFrom, trellisSearch } from '../../../../src/quantize/dependent/search';
import { createStreamKernel } from '../../../../src/quantize/dependent/streamKernel';
import { SymbolCounts } from '../../../../src/quantize/dependent/symbolCounts';
import { STATE_BITS, trellisOf } from '../../../../src/quantize/dependent/trellis';
import { bitsOf, normalSample } from '../samples';

interface Coded {
  readonly indices: Int16Array;
  readonly classes: Uint8Array;
  readonly tables: readonly FrequencyTable[];
  /** Bits that the frequencies promise. */
  readonly bits: number;
}

/** Integers on paths of a trellis, of weights of four sizes, with tables counted for three classes. */
function sample(stateBits: number, length: number, scale: number, seed: number): Coded {
  const random = new Random(seed);
  const classes = Uint8Array.from({ length }, () => random.integer(3));
  const targets = normalSample(length, seed).map((x, i) => scale * (1 + classes[i]!) * x);
  if (length > 10) targets[5] = 20_000;
  const indices = new Int16Array(length);
  for (const { start, end } of streamRanges(length)) {
    searchFrom(trellisSearch(stateBits), targets.subarray(start, end), 0, indices.subarray(start, end));
  }
  const counts = new SymbolCounts(3);
  indices.forEach((_, i) => counts.add(indices.subarray(i, i + 1), classes[i]!));
  const contexts = [0, 1, 2].flatMap((c) =>
    ([0, 1] as const).map((parity) => counts.context(c, c + 1, parity)),
  );
  const tables = contexts.map((context) => chooseTable(context).table);
  return {
    indices,
    classes,
    tables,
    bits: contexts.reduce((sum, c, i) => sum + codedBits(c, tables[i]!), 0),
  };
}

function encodeStreams({ indices, classes, tables }: Coded): Uint8Array[] {
  return streamRanges(indices.length).map(({ start, end }) =>
    encodeEntropy(indices.subarray(start, end), classes.subarray(start, end), tables),
  );
}

const LENGTHS = [1, 2, 5, 1000, 16_383, 16_384, 16_387, 20_000];

describe('the entropy coder of dependent quantization', () => {
  it('writes the same bytes in WebAssembly and in TypeScript, as many as its frequencies promise', () => {
    for (const length of LENGTHS) {
      for (const scale of [0.1, 1, 5, 60, 500]) {
        const { indices, classes, tables, bits } = sample(8, length, scale, length);
        const bytes = encodeEntropy(indices, classes, tables);
        expect(bytes).toEqual(encodeEntropyPlainly(indices, classes, tables));
        // A state carries 16 bits at first and 16 to 32 in the end; division rounds a little.
        expect(8 * bytes.length - bits).toBeGreaterThanOrEqual(16 - 1e-3 * length);
        expect(8 * bytes.length - bits).toBeLessThanOrEqual(32 + 1e-3 * length);
      }
    }
  });

  it('codes a context of one symbol in no bits at all', () => {
    const tables: FrequencyTable[] = [
      { first: 0, frequencies: Uint16Array.of(4096), escape: 0 },
      { first: 0, frequencies: Uint16Array.of(4096), escape: 0 },
    ];
    expect(encodeEntropy(new Int16Array(50_000), new Uint8Array(50_000), tables)).toEqual(
      Uint8Array.of(1, 0, 0, 0),
    );
  });
});

describe('the decoder of dependent quantization', () => {
  it.each(STATE_BITS)(
    'gives the integers back, in WebAssembly and in TypeScript: 2^%i states',
    (stateBits) => {
      for (const length of LENGTHS) {
        const coded = sample(stateBits, length, 2, 7 * length);
        const streams = encodeStreams(coded);
        const steps = [
          { start: 0, end: length >> 1, step: Math.fround(0.1) },
          { start: length >> 1, end: length, step: Math.fround(3e-5) },
        ];
        const expected = Float32Array.from(coded.indices, (n, i) => steps[i < length >> 1 ? 0 : 1]!.step * n);
        for (const create of [createStreamKernel, createPlainStreamDecoder]) {
          const decoder = create(trellisOf(stateBits)!, coded.tables, 20_000);
          const decoded = decoder.decode(streams, coded.classes, steps);
          expect(bitsOf(decoded!)).toEqual(bitsOf(expected));
        }
      }
    },
  );

  it('gives the same of damaged streams in both, or says of both that they do not end as they should', () => {
    const random = new Random(3);
    let refused = 0;
    const length = 17_000;
    const coded = sample(8, length, 2, 5);
    const [kernel, plain] = [createStreamKernel, createPlainStreamDecoder].map((create) =>
      create(trellisOf(8)!, coded.tables, length),
    );
    const steps = [{ start: 0, end: length, step: 1 }];
    for (let trial = 0; trial < 60; trial++) {
      const streams = encodeStreams(coded).map((stream) => {
        const cut = trial % 3 === 0 ? stream.subarray(0, 4 + random.integer(stream.length - 4)) : stream;
        const damaged = cut.slice();
        for (let k = 0; k < 3; k++) damaged[random.integer(damaged.length)]! ^= 1 << random.integer(8);
        return damaged;
      });
      const a = kernel!.decode(streams, coded.classes, steps);
      const b = plain!.decode(streams, coded.classes, steps);
      expect(a === undefined).toBe(b === undefined);
      if (a === undefined) refused++;
      else expect(bitsOf(a)).toEqual(bitsOf(b!));
    }
    expect(refused).toBeGreaterThan(50);
  });
});
