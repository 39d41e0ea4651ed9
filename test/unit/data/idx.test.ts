import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readIdx } from '../../../src/data/idx';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { idxBytes } from './idxBytes';

async function written(bytes: Uint8Array, name = 'file-idx'): Promise<string> {
  const file = path.join(await temporaryFolder(), name);
  await writeFile(file, bytes);
  return file;
}

describe('readIdx', () => {
  const values = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const whole = idxBytes([2, 3, 2], values);

  it('reads shape and values, plain or packed', async () => {
    const expected = { shape: [2, 3, 2], values };
    const plain = await readIdx(await written(whole), 3);
    expect({ ...plain, values: Uint8Array.from(plain.values) }).toEqual(expected);
    const packed = await readIdx(await written(gzipSync(whole), 'file-idx.gz'), 3);
    expect({ ...packed, values: Uint8Array.from(packed.values) }).toEqual(expected);
  });

  it('refuses a file cut anywhere', async () => {
    for (let length = 0; length < whole.length; length++) {
      const file = await written(whole.subarray(0, length));
      await expect(readIdx(file, 3)).rejects.toMatchObject({ code: 'idx-damaged' });
    }
  });

  it.each([
    ['bytes after the end', Uint8Array.from([...whole, 0]), 'file-idx'],
    ['a wrong magic number', Uint8Array.from([1, 0, 8, 3, ...whole.subarray(4)]), 'file-idx'],
    ['values of another type', Uint8Array.from([0, 0, 0x0d, 3, ...whole.subarray(4)]), 'file-idx'],
    ['another rank', Uint8Array.from([0, 0, 8, 1, ...whole.subarray(4)]), 'file-idx'],
    ['an absurd size', idxBytes([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], values), 'file-idx'],
    ['a packed file that is not packed', whole, 'file-idx.gz'],
    ['a packed file that is cut', gzipSync(whole).subarray(0, -9), 'file-idx.gz'],
  ])('refuses %s', async (_what, bytes, name) => {
    await expect(readIdx(await written(bytes, name), 3)).rejects.toMatchObject({ code: 'idx-damaged' });
  });
});
