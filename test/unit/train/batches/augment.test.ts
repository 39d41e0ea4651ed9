import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { augmentImages, checkImages } from '../../../../src/train/batches/augment';

const SHAPE = [4, 5, 2] as const;
const SIZE = 40;

/** Images whose every value tells its place, from 1 on. */
function images(count: number): Float32Array {
  return Float32Array.from({ length: count * SIZE }, (_, i) => (i % SIZE) + 1);
}

/** The image under one shift and mirroring, by the definition: padded, mirrored, cut out. */
function expected(down: number, right: number, mirrored: boolean): number[] {
  const [source] = [images(1)];
  const values: number[] = [];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 5; x++) {
      for (let c = 0; c < 2; c++) {
        const [fromY, fromX] = [y + down, (mirrored ? 4 - x : x) + right];
        const inside = fromY >= 0 && fromY < 4 && fromX >= 0 && fromX < 5;
        values.push(inside ? source[(fromY * 5 + fromX) * 2 + c]! : 0);
      }
    }
  }
  return values;
}

describe('augmentImages', () => {
  it('makes every window and every mirroring, each about as often, and nothing else', () => {
    const rows = images(3600);
    augmentImages(rows, SHAPE, { crop: 1, flip: true, random: new Random(1) });
    const counts = new Map<string, number>();
    for (let from = 0; from < rows.length; from += SIZE) {
      const key = rows.subarray(from, from + SIZE).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const all = [-1, 0, 1].flatMap((down) =>
      [-1, 0, 1].flatMap((right) => [true, false].map((mirrored) => expected(down, right, mirrored).join())),
    );
    expect([...counts.keys()].sort()).toEqual(all.sort());
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
  });

  it('depends on the seed alone, and does nothing where nothing is asked for', () => {
    const run = (seed: number, options: object): Float32Array => {
      const rows = images(8);
      augmentImages(rows, SHAPE, { ...options, random: new Random(seed) });
      return rows;
    };
    expect(run(3, { crop: 2, flip: true })).toEqual(run(3, { crop: 2, flip: true }));
    expect(run(3, { crop: 2, flip: true })).not.toEqual(run(4, { crop: 2, flip: true }));
    expect(run(3, {})).toEqual(images(8));
  });

  it('is refused where examples are no images, or smaller than the crop', () => {
    expect(() => checkImages([28, 28, 1], { crop: 4 })).not.toThrow();
    expect(() => checkImages([784], { flip: true })).toThrow('[784]');
    expect(() => checkImages([3, 3, 1], { crop: 3 })).toThrow('larger than 3 pixels');
  });
});
