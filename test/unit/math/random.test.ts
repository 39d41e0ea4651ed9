import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';

describe('Random', () => {
  it('draws the documented numbers: xoshiro128** on a SplitMix32 state', () => {
    // An independent implementation with BigInt arithmetic.
    const mask = 0xffffffffn;
    const splitMix = (seed: bigint) => {
      let z = seed;
      return () => {
        z = (z + 0x9e3779b9n) & mask;
        let t = z ^ (z >> 16n);
        t = (t * 0x21f0aaadn) & mask;
        t ^= t >> 15n;
        t = (t * 0x735a2d97n) & mask;
        return t ^ (t >> 15n);
      };
    };
    const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
    for (const seed of [0, 1, 42, 0xffffffff]) {
      const fill = splitMix(BigInt(seed));
      let [a, b, c, d] = [fill(), fill(), fill(), fill()];
      const random = new Random(seed);
      for (let i = 0; i < 100; i++) {
        const expected = (rotate((b * 5n) & mask, 7n) * 9n) & mask;
        const t = (b << 9n) & mask;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = rotate(d, 11n);
        expect(random.nextUint32()).toBe(Number(expected));
      }
    }
  });

  it('has the moments of its distributions', () => {
    const random = new Random(5);
    const count = 200_000;
    let sum = 0;
    let squares = 0;
    let fourth = 0;
    for (let i = 0; i < count; i++) {
      const x = random.normal();
      sum += x;
      squares += x * x;
      fourth += x ** 4;
    }
    // Five standard errors of each mean.
    expect(Math.abs(sum / count)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(squares / count - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(fourth / count - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  });

  it('permutes without losing an element, and every integer is as likely', () => {
    const random = new Random(9);
    expect([...random.permutation(1000)].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 50_000; i++) counts[random.integer(5)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(8000));
  });
});
