import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { createSafetensorsWriter } from '../../../src/modelfile/write';
import { NATIVE_KEYS } from '../../../src/quantize/native/header';
import { openAnyModel, openNative } from '../../../src/quantize/native/open';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole, writeModel } from './modelFiles';
import { bitsOf, normalSample } from './samples';

/** The packed tensor of {@link nativeFile}, as the file lists it. */
const w = {
  name: 'w',
  dtype: 'F32',
  shape: [64, 80],
  method: 'kashin-greedy',
  bits: 4,
  codebook: 'joint',
  groupSize: 4096,
  seed: 1,
  vectorLength: 5120,
};

/** A native file of one packed and one kept tensor. */
async function nativeFile(folder: string): Promise<string> {
  const model = await writeModel(folder, [
    { name: 'w', dtype: 'F32', shape: [64, 80], values: normalSample(5120, 1) },
    { name: 'b', dtype: 'F32', shape: [80], values: normalSample(80, 2) },
  ]);
  const file = path.join(folder, 'native.safetensors');
  await quantizeWhole(model, quantizeSpec(model.path, file, { method: 'kashin-greedy', form: 'native' }));
  return file;
}

/** A copy of a native file with other metadata and without some of its tensors. */
async function altered(
  file: string,
  metadata: Readonly<Record<string, string>>,
  without: readonly string[] = [],
): Promise<string> {
  const source = await openModel(file);
  const entries = source.tensors.filter(({ name }) => !without.includes(name));
  const output = path.join(path.dirname(file), 'altered.safetensors');
  const writer = await createSafetensorsWriter(
    output,
    entries,
    { ...source.metadata, ...metadata },
    { force: true },
  );
  for (const { name } of entries) await writer.write(name, await source.readBytes(name));
  await writer.finish();
  return output;
}

describe('a native file', () => {
  it('opens as the model that it stands for, and as bytes where only safetensors is known', async () => {
    const file = await nativeFile(await temporaryFolder());
    const model = await openAnyModel(file);
    const frame = 12 + 8;
    const codebook = 16 * 4;
    const bytes = frame + 4 + 2 + codebook + 2560;
    expect(model.tensors).toEqual([
      { name: 'w', dtype: 'F32', shape: [64, 80], size: 5120, bytes },
      { name: 'b', dtype: 'F32', shape: [80], size: 80, bytes: 320 },
    ]);
    expect(model.metadata).toEqual({ [NATIVE_KEYS.version]: '1', [NATIVE_KEYS.source]: 'safetensors' });
    const stored = await openModel(file);
    expect(stored.tensors).toEqual([
      { name: 'b', dtype: 'F32', shape: [80], size: 80, bytes: 320 },
      { name: 'w', dtype: 'U8', shape: [bytes], size: bytes, bytes },
    ]);
    expect(JSON.parse(stored.metadata[NATIVE_KEYS.tensors]!)).toEqual([w, { name: 'b' }]);
  });

  it('is told from other files', async () => {
    const folder = await temporaryFolder();
    const file = await nativeFile(folder);
    const original = path.join(folder, 'model.safetensors');
    await expect(openNative(original)).rejects.toMatchObject({ code: 'not-native' });
    expect((await openAnyModel(original)).tensors.length).toBe(2);
    expect((await openNative(file)).tensors.length).toBe(2);
  });

  it('gives some rows of a tensor, which are those of the whole', async () => {
    const folder = await temporaryFolder();
    const model = await writeModel(folder, [
      { name: 'w', dtype: 'BF16', shape: [700, 1024], values: normalSample(700 * 1024, 1) },
      { name: 'kernel', dtype: 'F32', shape: [3, 3, 64, 48], values: normalSample(9 * 64 * 48, 1) },
      { name: 'b', dtype: 'F32', shape: [80], values: normalSample(80, 2) },
    ]);
    const file = path.join(folder, 'native.safetensors');
    await quantizeWhole(model, quantizeSpec(model.path, file, { method: 'rtn', form: 'native' }));
    const native = await openNative(file);
    for (const [name, columns, start, end] of [
      ['w', 1024, 0, 1],
      ['w', 1024, 250, 260],
      ['w', 1024, 699, 700],
      ['w', 1024, 0, 700],
      ['kernel', 48, 500, 576],
      ['b', 80, 0, 1],
    ] as const) {
      const rows = await native.readRows(name, { start, end });
      const whole = await native.readFloat32(name);
      expect(bitsOf(rows)).toEqual(bitsOf(whole.slice(start * columns, end * columns)));
    }
  });

  it('reads the chunks of the rows that are asked for, and no others', async () => {
    const folder = await temporaryFolder();
    const model = await writeModel(folder, [
      { name: 'w', dtype: 'F32', shape: [1024, 1024], values: normalSample(2 ** 20, 1) },
    ]);
    const file = path.join(folder, 'native.safetensors');
    await quantizeWhole(model, quantizeSpec(model.path, file, { method: 'rtn', form: 'native' }));
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    const native = await openNative(file);
    expect((await native.readRows('w', { start: 0, end: 700 })).length).toBe(700 * 1024);
    const damage = {
      code: 'native-damaged',
      message: expect.stringMatching(/w in native.safetensors, chunk 3/) as string,
    };
    await expect(native.readRows('w', { start: 700, end: 800 })).rejects.toMatchObject(damage);
    await expect(native.readFloat32('w')).rejects.toMatchObject(damage);
  });

  const list = (...tensors: readonly object[]) => ({ [NATIVE_KEYS.tensors]: JSON.stringify(tensors) });
  it.each([
    ['another version', { [NATIVE_KEYS.version]: '2' }, [], 'native-version'],
    ['a list that is no JSON', { [NATIVE_KEYS.tensors]: '[{' }, [], 'malformed'],
    ['a list that is no list', { [NATIVE_KEYS.tensors]: '{}' }, [], 'malformed'],
    ['a missing packed tensor', {}, ['w'], 'native-damaged'],
    ['a missing tensor', {}, ['b'], 'native-damaged'],
    ['a tensor listed twice', list({ name: 'b' }, { name: 'b' }), [], 'native-damaged'],
    ['a tensor without a name', list({}), [], 'malformed'],
    ['a packed tensor of floats', list({ ...w, name: 'b' }), [], 'native-damaged'],
    ['a type that cannot be', list({ ...w, dtype: 'I8' }), [], 'malformed'],
    ['no method', list({ ...w, method: undefined }), [], 'malformed'],
    ['an infinite shape', list({ ...w, shape: Array(30).fill(2 ** 50) }), [], 'native-damaged'],
    ['more dimensions than there are', list({ ...w, shape: Array(65).fill(1) }), [], 'native-damaged'],
    ['a negative shape', list({ ...w, shape: [-64, -80] }), [], 'malformed'],
  ] as const)('with %s is refused', async (_, metadata, without, code) => {
    const file = await nativeFile(await temporaryFolder());
    const damaged = await altered(file, metadata, without);
    await expect(openAnyModel(damaged)).rejects.toMatchObject({ name: 'UserError', code });
  });

  it.each([
    ['an unknown method', { ...w, method: 'magic' }, 'native-method'],
    ['a method by the name of an object’s own', { ...w, method: 'constructor' }, 'native-method'],
    ['no group size', { ...w, groupSize: 'many' }, 'malformed'],
    ['another length of vectors', { ...w, vectorLength: 80 }, 'native-damaged'],
    ['columns that make no matrix', { ...w, columns: 81 }, 'native-damaged'],
    ['separate levels of more bits than there are', { ...w, codebook: 'separate', bits: 5 }, 'malformed'],
    ['a seed beyond 32 bits', { ...w, seed: 2 ** 32 }, 'malformed'],
    ['a shape that does not fit', { ...w, shape: [64, 81] }, 'native-damaged'],
    ['a shape beyond what its bytes can say', { ...w, shape: [2 ** 50] }, 'native-damaged'],
  ])('whose tensor has %s opens, and refuses to give that tensor alone', async (_, tensor, code) => {
    const file = await nativeFile(await temporaryFolder());
    const model = await openAnyModel(await altered(file, list(tensor, { name: 'b' })));
    await expect(model.readFloat32('w')).rejects.toMatchObject({ name: 'UserError', code });
    expect((await model.readFloat32('b')).length).toBe(80);
  });
});
