import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../../src/math/normalQuantile';
import { SHIPPED_TABLES } from '../../../../src/quantize/trellis/presets';
import { createSearchKernel } from '../../../../src/quantize/trellis/searchKernel';
import { trellisCode } from '../../../../src/quantize/trellis/tables';
import { decodeTable, encodeTable } from '../../../../src/quantize/trellis/tableText';
import { SHIPPED_TRAINING, trainTrellis } from '../../../../src/quantize/trellis/training';
import { trellisWeights } from '../../../../src/quantize/trellis/weights';
import { normalSample } from '../samples';

/** Mean squared error on normal numbers; their variance is 1. */
const DISTORTION: Readonly<Record<string, number>> = {
  '2.8': 0.0744,
  '2.10': 0.0714,
  '2.12': 0.0698,
  '3.8': 0.019,
  '3.10': 0.0182,
  '3.12': 0.0178,
  '4.8': 0.00482,
  '4.10': 0.0046,
  '4.12': 0.00448,
};

describe.each(SHIPPED_TABLES)('the table of %i bits and windows of %i', (bits, windowBits) => {
  const code = trellisCode(bits, windowBits)!;
  const { buckets, states, scale, values } = code;

  it('is symmetric', () => {
    expect(values.length).toBe(buckets * 2 * states);
    expect(values.every((value, entry) => values[values.length - 1 - entry] === -value)).toBe(true);
  });

  it('holds every distance that is squared in 8 bits', () => {
    const x = Float32Array.from({ length: 20 * scale }, (_, i) => i / scale - 10);
    const { weights, places } = trellisWeights(x, code);
    let largest = 0;
    for (const [i, weight] of weights.entries()) {
      for (const u of [places[i]! - 1, places[i]!].filter((bucket) => bucket >= 0 && bucket < buckets)) {
        for (const value of values.subarray(u * 2 * states, (u + 1) * 2 * states)) {
          largest = Math.max(largest, Math.abs(weight - value));
        }
      }
    }
    expect(largest).toBeLessThan(256);
  });

  it('has the distortion that it was chosen for', () => {
    const x = normalSample(60_000, 9);
    const { entries } = createSearchKernel(code)(trellisWeights(x, code), 0);
    const error = x.reduce((sum, value, i) => sum + (value - values[entries[i]!]! / scale) ** 2, 0);
    expect(error / x.length).toBeLessThan(DISTORTION[`${bits}.${windowBits}`]!);
  });
});

describe('training', () => {
  it('makes the smallest shipped table again, to the bit', () => {
    const trained = trainTrellis({ bits: 2, windowBits: 8, ...SHIPPED_TRAINING });
    expect(encodeTable(trained)).toBe(encodeTable(trellisCode(2, 8)!));
  });

  it('depends on the seed, and betters the quantiles that it starts from', () => {
    const options = { bits: 3, windowBits: 8, samplesAnEntry: 20, mostSamples: 1e6 };
    const errors = [0, 8].map((rounds) => {
      const code = trainTrellis({ ...options, seed: 1, rounds });
      const x = normalSample(20_000, 2);
      const { entries } = createSearchKernel(code)(trellisWeights(x, code), 0);
      return x.reduce((sum, value, i) => sum + (value - code.values[entries[i]!]! / code.scale) ** 2, 0);
    });
    expect(errors[1]! / errors[0]!).toBeLessThan(0.95);
    const other = trainTrellis({ ...options, seed: 2, rounds: 1 });
    expect(other.values).not.toEqual(trainTrellis({ ...options, seed: 1, rounds: 1 }).values);
  });
});

it('a table comes back from its text', () => {
  for (const [bits, windowBits] of SHIPPED_TABLES) {
    const code = trellisCode(bits, windowBits)!;
    const table = encodeTable(code);
    expect(decodeTable({ ...code, table })).toEqual(code);
    expect(decodeTable({ ...code, table: table.slice(4) })).toBeUndefined();
    expect(decodeTable({ ...code, table: `*${table.slice(1)}` })).toBeUndefined();
  }
});

it('normal quantiles are those of the tables', () => {
  expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
  expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 8);
});
