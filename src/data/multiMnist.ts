import { Random } from '../math/random';
import type { DataSet, Split } from './dataSet';
import { loadMnist, type MnistOptions } from './mnist';

export interface MultiMnistOptions extends MnistOptions {
  /** Of the pairs; 1 where absent. It has nothing to do with the seed of the training. */
  readonly seed?: number;
}

export interface MultiMnistSource extends MultiMnistOptions {
  readonly source: 'multiMnist';
}

const SIDE = 28;
const CANVAS = 36;
/** Rows and columns by which the right digit lies lower and further to the right than the left one. */
const SHIFT = 6;
/** Row or column of the canvas that a pixel of the small image is taken from: the nearest. */
const NEAREST = Array.from({ length: SIDE }, (_, i) => Math.floor(((i + 0.5) * CANVAS) / SIDE));

/**
 * Two handwritten digits, one over the other: 28 × 28 × 1 pixels from 0 to 1, with the targets `left` and `right` of
 * ten classes each (Sabour et al., 2017, in the form of Sener and Koltun, 2018).
 */
export function multiMnist(options: MultiMnistOptions = {}): MultiMnistSource {
  return { source: 'multiMnist', ...options };
}

/**
 * Makes one pair for every image of MNIST, which is its left digit; the right one is any of the same split.
 * @param experimentFolder absolute; relative folders count from it
 * @throws UserError `mnist-not-found`, or `idx-damaged`
 */
export async function loadMultiMnist(
  { folder, trainSize, testSize, seed = 1 }: MultiMnistOptions,
  experimentFolder: string,
): Promise<DataSet> {
  const { train, test } = await loadMnist(folder === undefined ? {} : { folder }, experimentFolder);
  const pairs = (digits: Split, count: number | undefined, random: Random): Split => {
    const size = Math.min(count ?? digits.size, digits.size);
    return overlay(
      digits,
      Uint32Array.from({ length: size }, () => random.integer(digits.size)),
    );
  };
  return {
    name: 'MultiMNIST',
    train: pairs(train, trainSize, new Random(seed)),
    // Another stream, so that the test pairs do not change with the number of training pairs.
    ...(test && { test: pairs(test, testSize, new Random(~seed >>> 0)) }),
  };
}

/**
 * Puts digit `partners[i]` over digit i: on a canvas of 36 × 36 the left one lies at rows and columns 0 to 27, the
 * right one at 6 to 33, the larger of two pixels shows; then the canvas becomes 28 × 28 by the nearest pixel.
 */
export function overlay({ x, y }: Split, partners: Uint32Array): Split {
  const size = partners.length;
  const values = new Uint8Array(size * SIDE * SIDE);
  const right = new Uint8Array(size);
  const pixel = (image: number, row: number, column: number): number =>
    row < 0 || row >= SIDE || column < 0 || column >= SIDE
      ? 0
      : x.values[(image * SIDE + row) * SIDE + column]!;
  let at = 0;
  partners.forEach((partner, image) => {
    right[image] = y.values[partner]!;
    for (const row of NEAREST) {
      for (const column of NEAREST) {
        values[at++] = Math.max(pixel(image, row, column), pixel(partner, row - SHIFT, column - SHIFT));
      }
    }
  });
  const targets = { left: { ...y, values: y.values.subarray(0, size) }, right: { ...y, values: right } };
  return { size, x: { ...x, values }, y: targets.left, targets };
}
