import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataSet, Split } from '../../../src/data/dataSet';
import { loadMnist } from '../../../src/data/mnist';
import { loadMultiMnist, multiMnist, overlay } from '../../../src/data/multiMnist';
import { loadDataSet } from '../../../src/data/source';

const SMALL = { trainSize: 200, testSize: 100 };

function labels({ targets }: Split): number[][] {
  return Object.values(targets!).map(({ values }) => Array.from(values));
}

describe('multiMnist', () => {
  let mnist: DataSet;
  beforeAll(async () => {
    mnist = await loadMnist({}, __dirname);
  });

  it('overlays digits as a reference program does', () => {
    // The pairing of the program, which draws nothing.
    const partners = Uint32Array.from({ length: 100 }, (_, i) => (i * 7919 + 13) % 60_000);
    const { x, targets } = overlay(mnist.train, partners);
    const hash = createHash('sha256').update(x.values).digest('hex');
    expect(hash.slice(0, 16)).toBe('d15e99912ad34c1c');
    expect(Array.from(x.values.subarray(0, 784)).reduce((sum, value) => sum + value)).toBe(30706);
    expect(Array.from(targets!['right']!.values.subarray(0, 8))).toEqual([6, 0, 1, 2, 1, 8, 1, 7]);
  });

  it('has one pair an image, the left one that of MNIST, and the same pairs for the same seed', async () => {
    const data = await loadDataSet(multiMnist(SMALL), __dirname);
    expect([data.train.size, data.test!.size]).toEqual([200, 100]);
    expect(data.train.x).toMatchObject({ shape: [28, 28, 1], scale: 1 / 255 });
    expect(data.train.targets).toMatchObject({ left: { classes: 10 }, right: { classes: 10 } });
    const [left, right] = labels(data.train);
    expect(left).toEqual(Array.from(mnist.train.y.values.subarray(0, 200)));
    expect(right).not.toEqual(left);
    expect(labels((await loadMultiMnist(SMALL, __dirname)).train)).toEqual([left, right]);
    expect(labels((await loadMultiMnist({ ...SMALL, seed: 2 }, __dirname)).train)[1]).not.toEqual(right);
  });

  it('draws the same test pairs whatever the number of training pairs', async () => {
    const more = await loadMultiMnist({ trainSize: 300, testSize: 50 }, __dirname);
    const fewer = await loadMultiMnist(SMALL, __dirname);
    expect(labels(more.test!)[1]).toEqual(labels(fewer.test!)[1]!.slice(0, 50));
    expect(labels(fewer.train)[1]).toEqual(labels(more.train)[1]!.slice(0, 200));
  });
});
