import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNpz, npz } from '../../../src/data/npz';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { zipBytes } from './zipBytes';

/**
 * Written by NumPy 2.3.5: `savez_compressed(file, x=arange(12, dtype='<f8').reshape(6, 2) / 4,
 * y=array([0, 1, 2, 0, 1, 2], dtype='<i8'), c=ones(3, dtype='<c8'), f=asfortranarray(ones((6, 3), dtype='<f4')))`.
 */
const FROM_NUMPY =
  'UEsDBC0AAAAIAAAAIQDf82Ua//////////8FABQAeC5ucHkBABAA4AAAAAAAAABoAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GmY6CkaaOgq1CmQDLgYUcMEeQj+A0i+g9Aco/QVK/4DSf6A0gwOEYoLSLFCazQEAUEsDBC0AAAAIAAAAIQBX07QS//////////8FABQAeS5ucHkBABAAsAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GmY6mjoKtQoUAC4GKGCE0kwMqABdHABQSwMELQAAAAgAAAAhAKDn2yL//////////wUAFABjLm5weQEAEACYAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNsoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQALgaGBnsGMEClAVBLAwQtAAAACAAAACEAPQc6av//////////BQAUAGYubnB5AQAQAMgAAAAAAAAASwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GmY6CsaaOgq1CuQDLgaGBntqYABQSwECLQMtAAAACAAAACEA3/NlGmgAAADgAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAACAAAACEAV9O0Ek8AAACwAAAABQAAAAAAAAAAAAAAgAGfAAAAeS5ucHlQSwECLQMtAAAACAAAACEAoOfbIkwAAACYAAAABQAAAAAAAAAAAAAAgAElAQAAYy5ucHlQSwECLQMtAAAACAAAACEAPQc6aksAAADIAAAABQAAAAAAAAAAAAAAgAGoAQAAZi5ucHlQSwUGAAAAAAQABADMAAAAKgIAAAAA';

/** A `.npy` file of version 1 with the header that is given. */
function npy(header: string, values: Uint8Array, version = 1): Buffer {
  const text = Buffer.from(header);
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0, text.length % 256, text.length >> 8]);
  return Buffer.concat([head, text, values]);
}

const BYTES = "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2), }";
const LABELS = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }";

async function archive(bytes: Uint8Array): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'data.npz'), bytes);
  return folder;
}

const pair = (x: Buffer) =>
  archive(zipBytes({ 'x.npy': x, 'y.npy': npy(LABELS, Uint8Array.of(0, 1, 0, 1)) }));

describe('npz', () => {
  const options = { file: 'data.npz', x: 'x', y: 'y' };

  it('is plain data', () => {
    expect(npz(options)).toEqual({ source: 'npz', ...options });
  });

  it('reads what NumPy wrote, and divides it by seed', async () => {
    const folder = await archive(Buffer.from(FROM_NUMPY, 'base64'));
    const data = await loadNpz({ ...options, classes: 3, testShare: 1 / 3 }, folder);
    expect([data.name, data.train.size, data.test!.size]).toEqual(['data.npz', 4, 2]);
    const rows = [data.train, data.test!].flatMap(({ x, y }) =>
      Array.from(y.values, (label, i) => [label, ...x.values.subarray(2 * i, 2 * i + 2)]),
    );
    expect(rows.sort((a, b) => a[1]! - b[1]!)).toEqual(
      [0, 1, 2, 0, 1, 2].map((label, i) => [label, i / 2, i / 2 + 0.25]),
    );
    expect(data.train.y.classes).toBe(3);
    expect(await loadNpz({ ...options, classes: 3, testShare: 1 / 3 }, folder)).toEqual(data);
    const other = await loadNpz({ ...options, classes: 3, testShare: 1 / 3, splitSeed: 4 }, folder);
    expect(other.test!.x.values).not.toEqual(data.test!.x.values);
  });

  it('takes arrays to test on, and scales bytes', async () => {
    const folder = await pair(npy(BYTES, Uint8Array.of(0, 255, 1, 2, 3, 4, 5, 6)));
    const data = await loadNpz({ ...options, test: { x: 'x', y: 'y' }, scale: 1 / 255 }, folder);
    expect(data.train).toEqual(data.test);
    expect(data.train.x).toMatchObject({ shape: [2], scale: 1 / 255 });
    expect(data.train.x.values).toEqual(Uint8Array.of(0, 255, 1, 2, 3, 4, 5, 6));
  });

  it('names the arrays that there are', async () => {
    const folder = await archive(Buffer.from(FROM_NUMPY, 'base64'));
    await expect(loadNpz({ ...options, x: 'inputs' }, folder)).rejects.toMatchObject({
      code: 'npz-malformed',
      message: expect.stringContaining('"inputs"') as string,
      remedy: expect.stringContaining('x, y, c, f') as string,
    });
    await expect(loadNpz({ ...options, x: 'c' }, folder)).rejects.toThrow('type <c8');
    await expect(loadNpz({ ...options, x: 'f' }, folder)).rejects.toThrow('ascontiguousarray');
    await expect(loadNpz({ ...options, file: 'no.npz' }, folder)).rejects.toMatchObject({
      code: 'npz-not-found',
    });
  });

  it.each([
    ['a header that announces more', npy(BYTES.replace('(4, 2)', '(4, 3)'), new Uint8Array(8)), '12 values'],
    [
      'sizes beyond all memory',
      npy(BYTES.replace('(4, 2)', '(99999999999, 99999999999)'), new Uint8Array(8)),
      'announces',
    ],
    [
      'a header without end',
      Buffer.concat([npy('', new Uint8Array(0)).subarray(0, 8), Buffer.from([255, 255, 0, 0])]),
      'ends within its header',
    ],
    ['another file', Buffer.from('not an array at all'), 'does not begin'],
    ['a version to come', npy(BYTES, new Uint8Array(8), 9), 'version 9'],
    ['a header of something else', npy('{}', new Uint8Array(8)), 'header is not whole'],
  ])('refuses %s', async (_, x, what) => {
    await expect(loadNpz(options, await pair(x))).rejects.toMatchObject({
      code: 'npz-malformed',
      message: expect.stringContaining(what) as string,
    });
  });

  it('refuses an archive that is cut, is none, or unpacks to more than it says', async () => {
    const whole = Buffer.from(FROM_NUMPY, 'base64');
    for (const bytes of [whole.subarray(0, 300), Buffer.alloc(0), Buffer.from('PK')]) {
      await expect(loadNpz(options, await archive(bytes))).rejects.toMatchObject({ code: 'npz-malformed' });
    }
    const bomb = { 'x.npy': npy(BYTES, new Uint8Array(2 ** 20)), 'y.npy': npy(LABELS, new Uint8Array(4)) };
    await expect(loadNpz(options, await archive(zipBytes(bomb, 100)))).rejects.toMatchObject({
      code: 'npz-malformed',
    });
    await expect(loadNpz(options, await archive(zipBytes(bomb, 2 ** 32 - 2)))).rejects.toThrow(
      '4294967294 bytes',
    );
  });
});
