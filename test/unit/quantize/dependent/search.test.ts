import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { createPlainSearch } from '../../../../src/quantize/dependent/plainSearch';
import { searchFrom, trellisSearch, type TrellisSearch } from '../../../../src/quantize/dependent/search';
import { createSearchKernel } from '../../../../src/quantize/dependent/searchKernel';
import {
  cosetOf,
  nextWindow,
  STATE_BITS,
  trellisOf,
  type Trellis,
} from '../../../../src/quantize/dependent/trellis';
import { publishedDraws } from '../publishedDraws';
import { normalSample } from '../samples';

/** Targets shrunken for a source of variance 1, without a clip. */
function shrunken(x: Float64Array, step: number): Float32Array {
  return Float32Array.from(x, (value) => value / (step * (1 + 0.25 * step * step)));
}

function trellis(stateBits: number): Trellis {
  return trellisOf(stateBits)!;
}

/** The parities that a decoder expects, from the integers alone. */
function expectedParities(code: Trellis, indices: Int16Array): number[] {
  let w = 0;
  return Array.from(indices, (index) => {
    const parity = w & 1;
    w = nextWindow(code, w, index);
    return parity;
  });
}

describe('the search of dependent quantization', () => {
  const implementations = [
    ['in WebAssembly', createSearchKernel],
    ['in TypeScript', createPlainSearch],
  ] as const;

  it.each(implementations)('gives the published integers, %s', (_, create) => {
    const x = publishedDraws();
    expect(Array.from(x.subarray(0, 5), (value) => Math.round(148 * value))).toEqual([
      -260, 181, -130, -3, 239,
    ]);
    for (const { stateBits, step, expected, error } of [
      {
        stateBits: 3,
        step: 0.5,
        expected: [
          -2, 2, -1, 0, 3, 0, -1, -4, -1, -2, 1, -1, 1, 1, -2, 1, -5, -3, 1, 0, -1, 2, -1, -3, 2, -1, -1, -4,
          -4, -1, 3, 0,
        ],
        error: 2.786569,
      },
      {
        stateBits: 8,
        step: 0.125,
        expected: [
          -14, 9, -7, 0, 13, -2, -1, -18, -5, -11, 2, -1, 6, 4, -7, 1, -20, -14, 8, 2, -1, 9, -3, -15, 7, -1,
          -5, -14, -18, -7, 10, 1,
        ],
        error: 0.133697,
      },
    ]) {
      const { indices, start } = create(trellis(stateBits))(shrunken(x, step), 0);
      expect([...indices]).toEqual(expected);
      expect(start).toBe(0);
      const squared = x.reduce((sum, value, i) => sum + (value - step * indices[i]!) ** 2, 0);
      expect(squared).toBeCloseTo(error, 6);
    }
  });

  it.each(STATE_BITS)('finds the same path in both, to the last integer: 2^%i states', (stateBits) => {
    const kernel = createSearchKernel(trellis(stateBits));
    const plain = createPlainSearch(trellis(stateBits));
    const random = new Random(stateBits);
    const states = 2 ** stateBits;
    for (const length of [1, 2, 7, 8, 9, 100, Math.min(3000, 300_000 / states)]) {
      for (const scale of [0.02, 1, 30, 4000, 1e6]) {
        const targets = normalSample(length, random.nextUint32()).map((value) => scale * value);
        for (const start of [0, random.integer(states)]) {
          const expected = plain(targets, start);
          const found = kernel(targets, start);
          expect({ ...found, indices: [...found.indices] }).toEqual({
            ...expected,
            indices: [...expected.indices],
          });
        }
      }
    }
  });

  it('agrees on exact grid points and halves, where paths tie', () => {
    const random = new Random(4);
    for (const stateBits of [3, 5, 8]) {
      const kernel = createSearchKernel(trellis(stateBits));
      const plain = createPlainSearch(trellis(stateBits));
      for (const unit of [1, 0.5, 0.25]) {
        const targets = Float32Array.from({ length: 500 }, () => unit * (random.integer(41) - 20));
        expect([...kernel(targets, 0).indices]).toEqual([...plain(targets, 0).indices]);
      }
    }
  });

  it.each(STATE_BITS)('keeps to the integers that a decoder expects: 2^%i states', (stateBits) => {
    const indices = new Int16Array(5000);
    searchFrom(
      trellisSearch(stateBits),
      normalSample(5000, 1).map((x) => 3 * x),
      0,
      indices,
    );
    expect(expectedParities(trellis(stateBits), indices)).toEqual(Array.from(indices, (index) => index & 1));
  });

  it('goes on from the state where it ended', () => {
    const targets = normalSample(6000, 2).map((x) => 4 * x);
    const search = trellisSearch(8);
    const indices = new Int16Array(6000);
    let state = 0;
    for (let from = 0; from < 6000; from += 500) {
      state = searchFrom(
        search,
        targets.subarray(from, from + 500),
        state,
        indices.subarray(from, from + 500),
      );
    }
    expect(expectedParities(trellis(8), indices)).toEqual(Array.from(indices, (index) => index & 1));
    const whole = new Int16Array(6000);
    searchFrom(search, targets, 0, whole);
    const error = (path: Int16Array) => path.reduce((sum, n, i) => sum + (targets[i]! - n) ** 2, 0);
    expect(error(indices)).toBeGreaterThanOrEqual(error(whole));
    expect(error(indices)).toBeLessThan(1.02 * error(whole));
  });

  it('starts where it must, also where targets are integers of a path from elsewhere', () => {
    const code = trellis(12);
    const search: TrellisSearch = { trellis: code, find: createSearchKernel(code) };
    const random = new Random(1);
    let deceived = 0;
    for (let trial = 0; trial < 300; trial++) {
      let state = random.integer(2 ** 12);
      const targets = Float32Array.from({ length: 60 }, () => {
        const w = (state << 1) | random.integer(2);
        state = w & (2 ** 12 - 1);
        return cosetOf(code, w);
      });
      if (search.find(targets, 0).start !== 0) deceived++;
      const indices = new Int16Array(60);
      searchFrom(search, targets, 0, indices);
      expect(expectedParities(code, indices)).toEqual(Array.from(indices, (index) => index & 1));
    }
    // The case is real.
    expect(deceived).toBeGreaterThan(0);
  });

  it('keeps indices within 16 bits, and finite', () => {
    const targets = Float32Array.of(1e9, -1e9, 40_000, -40_000, Infinity, -Infinity, 32_767, -32_768);
    for (const create of [createSearchKernel, createPlainSearch]) {
      const indices = [...create(trellis(6))(targets, 0).indices];
      expect(indices.every((n, i) => Math.sign(n) === Math.sign(targets[i]!) && Math.abs(n) > 32_700)).toBe(
        true,
      );
    }
  });

  it('with more states makes a smaller error at the same step', () => {
    const targets = normalSample(20_000, 3).map((x) => 2 * x);
    const errors = STATE_BITS.map((stateBits) => {
      const indices = new Int16Array(targets.length);
      searchFrom(trellisSearch(stateBits), targets, 0, indices);
      return indices.reduce((sum, n, i) => sum + (targets[i]! - n) ** 2, 0);
    });
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  });
});
