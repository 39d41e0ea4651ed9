import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadText, text } from '../../../src/data/text';
import { temporaryFolder } from '../modelfile/temporaryFolder';

async function folderWith(content: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'book.txt'), content);
  return folder;
}

describe('text', () => {
  it('is plain data', () => {
    expect(text({ file: 'book.txt', context: 8 })).toEqual({ source: 'text', file: 'book.txt', context: 8 });
  });

  it('cuts stretches that follow each other, each with the next byte at every place as target', async () => {
    const folder = await folderWith('abcdefghijklmnopqrst');
    const { train, test } = await loadText({ file: 'book.txt', context: 3, testShare: 0.25 }, folder);
    const read = (values: ArrayLike<number>) => String.fromCharCode(...Array.from(values));
    expect(train.size).toBe(4);
    expect(read(train.x.values)).toBe('abcdefghijkl');
    expect(read(train.y.values)).toBe('bcdefghijklm');
    expect(train.x.shape).toEqual([3]);
    expect(test?.size).toBe(1);
    expect(read(test!.x.values)).toBe('pqr');
    expect(read(test!.y.values)).toBe('qrs');
  });

  it('takes bytes, not characters', async () => {
    const { train } = await loadText({ file: 'book.txt', context: 2, testShare: 0 }, await folderWith('é!é'));
    expect(Array.from(train.x.values)).toEqual([0xc3, 0xa9, 0x21, 0xc3]);
    expect(train.x.values).toBeInstanceOf(Int32Array);
  });

  it('says what is wrong, and what to do', async () => {
    const folder = await folderWith('too short');
    await expect(loadText({ file: 'book.txt', context: 64 }, folder)).rejects.toMatchObject({
      code: 'text-too-short',
      message: 'book.txt has 9 bytes, too few for stretches of 64 to train and test on.',
    });
    await expect(loadText({ file: 'none.txt', context: 4 }, folder)).rejects.toMatchObject({
      code: 'text-not-found',
      remedy: expect.stringContaining('text({ file') as string,
    });
    for (const options of [{ context: 0 }, { context: 2.5 }, { context: 2, testShare: 1 }]) {
      await expect(loadText({ file: 'book.txt', ...options }, folder)).rejects.toMatchObject({
        code: 'data-malformed',
      });
    }
  });
});
