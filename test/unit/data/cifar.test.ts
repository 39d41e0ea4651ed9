import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cifar10, loadCifar10, loadCifar100 } from '../../../src/data/cifar';
import { loadFashionMnist } from '../../../src/data/fashionMnist';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { idxBytes } from './idxBytes';

/** Records with the label bytes that are given; pixel i of channel c of record r is (r + 50 c + i) mod 256. */
function records(labels: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(
    labels.map((label, r) =>
      Buffer.from([
        ...label,
        ...Array.from({ length: 3072 }, (_, k) => (r + 50 * Math.floor(k / 1024) + (k % 1024)) % 256),
      ]),
    ),
  );
}

async function writeCifar10(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const batch of [1, 2, 3, 4, 5]) {
    await writeFile(path.join(folder, `data_batch_${batch}.bin`), records([[batch], [9]]));
  }
  await writeFile(path.join(folder, 'test_batch.bin'), records([[0]]));
  return folder;
}

describe('cifar10 and cifar100', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('put the colours of a pixel side by side', async () => {
    const folder = await writeCifar10(await temporaryFolder());
    const { train, test } = await loadCifar10(cifar10({ folder: '.' }), folder);
    expect([train.size, test!.size]).toEqual([10, 1]);
    expect(train.x).toMatchObject({ shape: [32, 32, 3], scale: 1 / 255 });
    expect(Array.from(train.y.values)).toEqual([1, 9, 2, 9, 3, 9, 4, 9, 5, 9]);
    // Pixel 5 of the second record of a batch.
    expect(Array.from(train.x.values.subarray(3072 + 15, 3072 + 18))).toEqual([6, 56, 106]);
  });

  it('read no more than is wanted, from the folder in WEIGHTROOM_DATA', async () => {
    const shared = await temporaryFolder();
    const folder = await writeCifar10(path.join(shared, 'cifar-10'));
    await writeFile(path.join(folder, 'data_batch_3.bin'), 'never opened');
    vi.stubEnv('WEIGHTROOM_DATA', shared);
    const { train } = await loadCifar10({ trainSize: 3 }, '/nowhere');
    expect(Array.from(train.y.values)).toEqual([1, 9, 2]);
  });

  it('know fine and coarse labels', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'train.bin'), records([[19, 99]]));
    await writeFile(path.join(folder, 'test.bin'), records([[3, 42]]));
    const labels = async (kind?: 'fine' | 'coarse') => {
      const { train, test } = await loadCifar100({ folder, ...(kind && { labels: kind }) }, folder);
      return [train.y.classes, ...train.y.values, ...test!.y.values];
    };
    expect(await labels()).toEqual([100, 99, 42]);
    expect(await labels('coarse')).toEqual([20, 19, 3]);
  });

  it('say where to get the files, and what is wrong with one', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('WEIGHTROOM_DATA', undefined);
    const remedy: unknown = expect.stringContaining('cifar-10-binary.tar.gz');
    await expect(loadCifar10({}, folder)).rejects.toMatchObject({ code: 'cifar-not-found', remedy });
    await expect(loadCifar10({ folder: 'no' }, folder)).rejects.toMatchObject({
      code: 'cifar-not-found',
      remedy,
    });
    await expect(loadCifar10({ folder }, folder)).rejects.toThrow('no data_batch_1.bin');
    await writeCifar10(folder);
    await writeFile(path.join(folder, 'data_batch_2.bin'), records([[1]]).subarray(1));
    await expect(loadCifar10({ folder }, folder)).rejects.toMatchObject({ code: 'cifar-damaged' });
    await writeFile(path.join(folder, 'data_batch_2.bin'), '');
    await expect(loadCifar10({ folder }, folder)).rejects.toThrow('its 0 bytes');
    await writeFile(path.join(folder, 'data_batch_2.bin'), records([[1], [10]]));
    await expect(loadCifar10({ folder }, folder)).rejects.toThrow('its record 1 has no label');
  });
});

describe('fashionMnist', () => {
  it('reads the four idx files of its folder, and says where to get them', async () => {
    const folder = await temporaryFolder();
    const remedy: unknown = expect.stringContaining('zalandoresearch/fashion-mnist');
    await expect(loadFashionMnist({ folder }, folder)).rejects.toMatchObject({
      code: 'fashion-mnist-not-found',
      remedy,
    });
    for (const [prefix, count] of [
      ['train', 3],
      ['t10k', 2],
    ] as const) {
      await writeFile(
        path.join(folder, `${prefix}-images-idx3-ubyte`),
        idxBytes([count, 2, 2], new Uint8Array(4 * count).fill(count)),
      );
      await writeFile(
        path.join(folder, `${prefix}-labels-idx1-ubyte`),
        idxBytes([count], new Uint8Array(count).fill(9)),
      );
    }
    const data = await loadFashionMnist({ folder, trainSize: 2 }, folder);
    expect([data.name, data.train.size, data.test!.size]).toEqual(['Fashion-MNIST', 2, 2]);
    expect(data.train).toMatchObject({ x: { shape: [2, 2, 1], scale: 1 / 255 }, y: { classes: 10 } });
    expect(Array.from(data.train.x.values)).toEqual(new Array(8).fill(3));
  });
});
