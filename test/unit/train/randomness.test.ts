import { describe, expect, it } from 'vitest';
import { streamSeed, withSeededRandom } from '../../../src/train/randomness';

describe('streamSeed', () => {
  it('differs between seeds, streams and positions, and is an unsigned 32-bit integer', () => {
    const seeds = new Set<number>();
    for (const seed of [0, 1, 2]) {
      for (const stream of ['shuffle', 'step', 'weights']) {
        for (let index = 0; index < 100; index++) seeds.add(streamSeed(seed, stream, index));
      }
    }
    expect(seeds.size).toBe(900);
    for (const seed of seeds) expect(seed).toBe(seed >>> 0);
  });
});

describe('withSeededRandom', () => {
  const draw = (): number[] => [Math.random(), Math.random(), Math.random()];
  const original = Math.random;

  it('repeats what Math.random gives, and puts the original back', () => {
    expect(withSeededRandom(3, draw)).toEqual(withSeededRandom(3, draw));
    expect(withSeededRandom(3, draw)).not.toEqual(withSeededRandom(4, draw));
    expect(Math.random).toBe(original);
  });

  it('covers an asynchronous body to its end', async () => {
    const slow = async (): Promise<number> => {
      await Promise.resolve();
      return Math.random();
    };
    expect(await withSeededRandom(3, slow)).toBe(await withSeededRandom(3, slow));
    expect(Math.random).toBe(original);
  });

  it('puts the original back after an error', async () => {
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => withSeededRandom(1, fail)).toThrow('no');
    await expect(withSeededRandom(1, () => Promise.resolve().then(fail))).rejects.toThrow('no');
    expect(Math.random).toBe(original);
  });
});
