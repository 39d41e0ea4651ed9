import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { UserError } from '../../../../src/protocol/userError';
import { openDependent } from '../../../../src/quantize/dependent/decode';
import { dependent } from '../../../../src/quantize/dependent/dependent';
import { chooseTable } from '../../../../src/quantize/dependent/frequencies';
import {
  tableBits,
  type FrequencyTable,
  type Parity,
} from '../../../../src/quantize/dependent/frequencyTable';
import { encodeHead, parseHead, type Head } from '../../../../src/quantize/dependent/head';
import { layoutOf } from '../../../../src/quantize/dependent/layout';
import { SymbolCounts } from '../../../../src/quantize/dependent/symbolCounts';
import { quantizeOptions } from '../methodContract';
import { normalSample } from '../samples';

/** The table of integers of one parity. */
function tableOf(integers: Iterable<number>, parity: Parity): FrequencyTable {
  const counts = new SymbolCounts(1);
  counts.add(Int16Array.from(integers), 0);
  return chooseTable(counts.context(0, 1, parity)).table;
}

function sumOf({ frequencies, escape }: FrequencyTable): number {
  return frequencies.reduce((sum, f) => sum + f, escape);
}

const SAMPLES: Readonly<Record<string, (parity: Parity) => Int16Array>> = {
  'of a normal source': (parity) => rounded(normalSample(20_000, 1), 8, parity),
  'of a fine one': (parity) => rounded(normalSample(20_000, 2), 600, parity),
  'with far outliers': (parity) =>
    Int16Array.of(...rounded(normalSample(5000, 3), 3, parity), 30_000 + parity),
  'of positive integers': (parity) => rounded(normalSample(5000, 4).map(Math.abs), 20, parity),
  'of two values': (parity) => Int16Array.from({ length: 300 }, (_, i) => (i % 2 ? 40 : -40) + parity),
  'of one value': (parity) => new Int16Array(300).fill(6 + parity),
  'of nothing': () => new Int16Array(0),
};

/** Integers of one parity near the numbers. */
function rounded(x: Float32Array, scale: number, parity: Parity): Int16Array {
  return Int16Array.from(x, (value) => 2 * Math.round((scale * value - parity) / 2) + parity);
}

describe('the tables of frequencies', () => {
  it.each(Object.keys(SAMPLES))('hold 4096 in all, and are read as they were written: %s', (name) => {
    for (const parity of [0, 1] as const) {
      const integers = SAMPLES[name]!(parity);
      const table = tableOf(integers, parity);
      expect(sumOf(table)).toBe(4096);
      for (const n of integers) {
        const frequency = table.frequencies[(n >> 1) - table.first] ?? 0;
        expect(frequency > 0 || table.escape > 0).toBe(true);
      }
      const tables = parity === 0 ? [table, tableOf([], 1)] : [tableOf([], 0), table];
      const head: Head = { step: 1, model: { classStarts: [0], tables } };
      const bytes = encodeHead(head);
      expect(parseHead(bytes, layoutOf(100, 10))).toEqual(head);
      expect(8 * bytes.length).toBeLessThan(
        32 + 3 + 4 + 8 + tables.reduce((s, t, i) => s + tableBits(i as Parity, t), 0),
      );
    }
  });

  it('are small: a normal source at 3 bits needs a dozen bytes for each parity', () => {
    for (const parity of [0, 1] as const) {
      const table = tableOf(rounded(normalSample(100_000, 5), 1 / 0.2563, parity), parity);
      expect(tableBits(parity, table)).toBeLessThan(8 * 16);
    }
  });
});

describe('the head of dependent', () => {
  const layout = layoutOf(300 * 40, 40);
  const tables = (classes: number) =>
    Array.from({ length: 2 * classes }, (_, i) =>
      tableOf(rounded(normalSample(999, i), 2 + i, (i % 2) as Parity), (i % 2) as Parity),
    );

  it('is read as it was written, with whatever it has', () => {
    const random = new Random(1);
    const levels = (count: number, most: number) =>
      Uint8Array.from({ length: count }, () => random.integer(most));
    const heads: Head[] = [
      { step: 2 ** -126, model: { classStarts: [0], tables: tables(1) } },
      { step: 0.1, model: { rowLevels: levels(300, 3), classStarts: [0, 1, 2], tables: tables(3) } },
      {
        step: Math.fround(1e30),
        rowQuarters: levels(300, 64),
        model: { columnLevels: levels(40, 2), classStarts: [0, 1], tables: tables(2) },
      },
      {
        step: 3,
        rowQuarters: new Uint8Array(300),
        model: {
          rowLevels: levels(300, 64),
          columnLevels: levels(40, 64),
          classStarts: Array.from({ length: 16 }, (_, i) => 7 * i),
          tables: tables(16),
        },
      },
    ];
    for (const head of heads) {
      const step = Math.fround(head.step);
      expect(parseHead(encodeHead(head), layout)).toEqual({ ...head, step });
    }
  });

  it('is refused where it is cut short, too long, or its frequencies have another sum', () => {
    const bytes = encodeHead({ step: 1, model: { classStarts: [0], tables: tables(1) } });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseHead(bytes.subarray(0, length), layout)).toThrow(UserError);
    }
    expect(() => parseHead(Uint8Array.of(...bytes, 0), layout)).toThrow('too many');
    expect(() =>
      parseHead(
        Uint8Array.from(bytes, (b, i) => (i < 4 ? 0 : b)),
        layout,
      ),
    ).toThrow('step');
  });
});

describe('hostile files', () => {
  it('are refused or decoded, whatever their head and chunks are', async () => {
    const shape = [70, 300];
    const size = 21_000;
    const x = normalSample(size, 1).map((value, i) => value * (1 + (i % 3)));
    const { packed, coding } = await dependent.quantize(
      x,
      shape,
      quantizeOptions({ bits: 3, groupSize: 128 }),
    );
    const random = new Random(7);
    let decoded = 0;
    let refused = 0;
    for (let trial = 0; trial < 3000; trial++) {
      const head =
        trial % 4 === 0 ? Uint8Array.from({ length: 200 }, () => random.integer(256)) : packed.head.slice();
      if (trial % 4 === 0) head.set([0, 0, 128, 63]);
      else
        for (let k = 0; k < 1 + (trial % 3); k++)
          head[4 + random.integer(head.length - 4)]! ^= 1 << random.integer(8);
      const chunk = packed.chunks[0]!.slice(
        0,
        trial % 5 === 0 ? random.integer(packed.chunks[0]!.length) : undefined,
      );
      if (chunk.length > 0 && trial % 7 === 0)
        chunk[random.integer(Math.min(12, chunk.length))] = random.integer(256);
      try {
        const decoder = openDependent(coding, shape, head);
        expect(decoder.decode(0, chunk).length).toBe(decoder.ranges[0]!.end);
        decoded++;
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        refused++;
      }
    }
    // Random frequencies seldom sum up, and a stream that was coded with others ends elsewhere.
    expect(refused).toBeGreaterThan(decoded);
  });

  it('take no more memory than their tensor, however large their numbers are', () => {
    const head = encodeHead({
      step: 1,
      model: { classStarts: [0], tables: [tableOf([], 0), tableOf([], 1)] },
    });
    for (const coding of [
      { stateBits: 8, columns: 1, chunk: 1e9 },
      { stateBits: 8, columns: 1e9, chunk: 1 },
      { stateBits: 7, columns: 10, chunk: 10 },
      { stateBits: 8, columns: 0, chunk: 10 },
      { stateBits: 8, columns: 10, chunk: 2 ** 60 },
    ]) {
      expect(() => openDependent(coding, [100, 10], head)).toThrow(UserError);
    }
    // Rows of their own in a head without bits for them.
    const lying = head.slice();
    lying[4]! |= 1;
    lying[4]! |= 7 << 3;
    expect(() => openDependent({ stateBits: 8, columns: 1, chunk: 65536 }, [1 << 28], lying)).toThrow(
      UserError,
    );
  });
});
