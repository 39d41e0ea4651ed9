import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { MAX_HEADER_BYTES, MAX_SHARDS, MAX_TENSORS } from '../../../src/modelfile/limits';
import { openModel } from '../../../src/modelfile/open';
import { createPortableWriter } from '../../../src/modelfile/write';
import { runProgram } from './bundledProcess';
import { withHeader } from './fixtures';
import { temporaryFolder } from './temporaryFolder';

const name = (i: number) => `model.layers.${i}.mlp.experts.${'0'.repeat(40)}.weight`;

it('the longest header that is admitted opens within a heap of 64 MB', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'many.safetensors');
  const entries = Array.from(
    { length: MAX_TENSORS },
    (_, i) => `"${name(i)}":{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`,
  );
  const bytes = withHeader(`{${entries.join()}}`, new Uint8Array(MAX_TENSORS));
  expect(bytes.length).toBeLessThan(MAX_HEADER_BYTES);
  await writeFile(file, bytes);
  const opened = await runProgram('openModel', [file], { folder, node: ['--max-old-space-size=64'] });
  expect(opened).toBe(MAX_TENSORS);
});

it('a manifest of as many weights opens, and a copy of it is begun', async () => {
  const folder = await temporaryFolder();
  const weights = Array.from({ length: MAX_TENSORS }, (_, i) => ({
    name: name(i),
    shape: [],
    dtype: 'bool',
  }));
  const weightsManifest = [{ paths: ['all.bin'], weights }];
  const file = path.join(folder, 'model.json');
  await writeFile(path.join(folder, 'all.bin'), new Uint8Array(MAX_TENSORS));
  await writeFile(file, JSON.stringify({ modelTopology: { node: [] }, weightsManifest }));
  const model = await openModel(file);
  expect(model.tensors).toHaveLength(MAX_TENSORS);
  await (await createPortableWriter(model, path.join(folder, 'copy.json'), { force: false })).abort();
});

it('more files than any model has are refused before one is looked for', async () => {
  const folder = await temporaryFolder();
  const shards = Array.from({ length: MAX_SHARDS + 1 }, (_, i) => `${i}.bin`);
  const weight_map = Object.fromEntries(shards.map((shard, i) => [String(i), shard]));
  const index = path.join(folder, 'model.safetensors.index.json');
  await writeFile(index, JSON.stringify({ weight_map }));
  await expect(openModel(index)).rejects.toMatchObject({ code: 'too-many-shards' });
  const json = path.join(folder, 'model.json');
  for (const weightsManifest of [
    [{ paths: shards, weights: [] }],
    shards.map(() => ({ paths: [], weights: [] })),
  ]) {
    await writeFile(json, JSON.stringify({ modelTopology: { node: [] }, weightsManifest }));
    await expect(openModel(json)).rejects.toMatchObject({ code: 'too-many-shards' });
  }
});
