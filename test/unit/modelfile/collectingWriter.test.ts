import { readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CollectingWriter } from '../../../src/modelfile/collectingWriter';
import type { Model } from '../../../src/modelfile/model';
import { openModel } from '../../../src/modelfile/open';
import { packedDestination } from '../../../src/modelfile/packedOutput';
import type { NewTensor } from '../../../src/modelfile/write';
import { makeSafetensors, makeTfjs } from './fixtures';
import { temporaryFolder } from './temporaryFolder';

const METADATA = { note: 'collected' };

/** Tensors of several widths, in an order that is not that of the file, one larger than what is copied at once. */
function tensors(): readonly (NewTensor & { readonly bytes: Uint8Array })[] {
  const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + from) & 255);
  return [
    { name: 'odd', dtype: 'U8', shape: [13], bytes: bytes(13, 1) },
    { name: 'wide', dtype: 'F64', shape: [3], bytes: bytes(24, 2) },
    { name: 'large', dtype: 'U8', shape: [9_000_001], bytes: bytes(9_000_001, 3) },
    { name: 'floats', dtype: 'F32', shape: [2, 2], bytes: bytes(16, 4) },
    { name: 'empty', dtype: 'F16', shape: [0], bytes: new Uint8Array(0) },
  ];
}

async function start(source: Model, output: string, { force = false, expectedBytes = 1000 } = {}) {
  return CollectingWriter.start(packedDestination(source, output), {
    names: tensors().map(({ name }) => name),
    expectedBytes,
    force,
    sources: source.files,
  });
}

async function writeAll(source: Model, output: string, size?: number): Promise<readonly string[]> {
  const writer = await start(source, output);
  for (const { bytes, ...tensor } of tensors()) await writer.add(tensor, bytes);
  return writer.finish(METADATA, size);
}

/** Compared as buffers: millions of numbers one by one take minutes. */
async function expectTensors(copy: Model): Promise<void> {
  for (const { name, bytes } of tensors()) {
    expect(Buffer.compare(await copy.readBytes(name), bytes), name).toBe(0);
  }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('a model whose sizes are known in the end', () => {
  it('is one safetensors file, the widest elements first, with nothing left beside it', async () => {
    const folder = await temporaryFolder();
    const source = await openModel((await makeSafetensors(folder, 1)).path);
    const output = path.join(folder, 'out.safetensors');
    expect(await writeAll(source, output)).toEqual([output]);
    const copy = await openModel(output);
    expect(copy.tensors.map(({ name }) => name)).toEqual(['wide', 'floats', 'empty', 'odd', 'large']);
    expect(copy.metadata).toEqual(METADATA);
    await expectTensors(copy);
    expect((await readdir(folder)).toSorted()).toEqual(['model.safetensors', 'out.safetensors']);
  });

  it.each(['layers', 'graph'] as const)(
    'is a TF.js model with the topology untouched, %s: the same bytes, cut at 4 MiB',
    async (kind) => {
      const folder = await temporaryFolder();
      const fixture = await makeTfjs(folder, 1, kind);
      const source = await openModel(fixture.path);
      const single = path.join(folder, 'out.safetensors');
      await writeAll(source, single);
      const output = path.join(folder, 'out.json');
      const files = await writeAll(source, output);
      const names = [1, 2, 3].map((i) => `out.weights-${i}.bin`);
      expect(files).toEqual([...names, 'out.json'].map((name) => path.join(folder, name)));
      const parts = await Promise.all(names.map((name) => readFile(path.join(folder, name))));
      expect(parts.slice(0, 2).map(({ length }) => length)).toEqual([2 ** 22, 2 ** 22]);
      expect(Buffer.concat(parts).equals(await readFile(single))).toBe(true);

      const before = JSON.parse(await readFile(fixture.path, 'utf8')) as Record<string, unknown>;
      const after = JSON.parse(await readFile(output, 'utf8')) as Record<string, unknown>;
      expect(after).toEqual({ ...before, weightsManifest: [], weightroom: { version: 1, paths: names } });

      const copy = await openModel(output);
      expect(copy).toMatchObject({ format: source.format, metadata: { ...source.metadata, ...METADATA } });
      await expectTensors(copy);
    },
  );

  it('takes the bytes that it was asked to take, but for less than 8', async () => {
    const folder = await temporaryFolder();
    const source = await openModel((await makeTfjs(folder, 1, 'layers')).path);
    for (const name of ['out.safetensors', 'out.json']) {
      const least = await sizeOf(await writeAll(source, path.join(folder, `free.${name}`)));
      for (const [i, size] of [least, least + 1, least + 4001, least + 5_000_003].entries()) {
        const written = await sizeOf(await writeAll(source, path.join(folder, `${i}.${name}`), size));
        expect(size - written).toBeGreaterThanOrEqual(0);
        // Names of files may be one more than were allowed for.
        expect(size - written).toBeLessThan(name.endsWith('.json') ? 40 : 8);
      }
      await expect(writeAll(source, path.join(folder, `small.${name}`), least - 16)).rejects.toMatchObject({
        code: 'size-exceeded',
      });
    }
    expect(
      (await readdir(folder)).filter((file) => file.startsWith('small') || file.startsWith('.')),
    ).toEqual([]);
  });

  it('leaves nothing behind when it is aborted, or when its folder goes away', async () => {
    const folder = await temporaryFolder();
    const source = await openModel((await makeSafetensors(folder, 1)).path);
    const output = path.join(folder, 'out.safetensors');
    const [first] = tensors();
    const writer = await start(source, output);
    await writer.add(first!, first!.bytes);
    expect((await readdir(folder)).length).toBe(2);
    await writer.abort();
    expect(await readdir(folder)).toEqual(['model.safetensors']);

    const gone = path.join(folder, 'gone');
    await makeSafetensors(gone, 1);
    const late = await start(source, path.join(gone, 'out.safetensors'));
    await rm(gone, { recursive: true });
    await expect(late.add(first!, first!.bytes)).rejects.toMatchObject({ code: 'folder-missing' });
  });

  it('gives way to a file that appears meanwhile', async () => {
    const folder = await temporaryFolder();
    const source = await openModel((await makeSafetensors(folder, 1)).path);
    const output = path.join(folder, 'out.safetensors');
    const writer = await start(source, output);
    for (const { bytes, ...tensor } of tensors()) await writer.add(tensor, bytes);
    await writeFile(output, 'precious');
    await expect(writer.finish(METADATA)).rejects.toMatchObject({ code: 'output-exists' });
    expect(await readFile(output, 'utf8')).toBe('precious');
    expect((await readdir(folder)).toSorted()).toEqual(['model.safetensors', 'out.safetensors']);
  });

  it('is refused at once where its name is taken, its source, no name for it, or the disk too small', async () => {
    const folder = await temporaryFolder();
    const { path: file } = await makeTfjs(folder, 1, 'graph');
    const source = await openModel(file);
    await expect(start(source, file, { force: true })).rejects.toMatchObject({ code: 'output-is-source' });
    const output = path.join(folder, 'out.json');
    await writeFile(path.join(folder, 'out.weights-1.bin'), 'of an earlier run');
    await expect(start(source, output)).rejects.toMatchObject({ code: 'output-exists' });
    await (await start(source, output, { force: true })).abort();
    const space = await statfs(folder);
    const expectedBytes = (space.bavail * space.bsize) / 2 + 2 ** 29;
    await expect(start(source, path.join(folder, 'b.json'), { expectedBytes })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(() => packedDestination(source, path.join(folder, 'out.bin'))).toThrow('out.bin');
    const plain = await openModel((await makeSafetensors(path.join(folder, 'plain'), 1)).path);
    expect(() => packedDestination(plain, output)).toThrow('out.json');
  });
});
