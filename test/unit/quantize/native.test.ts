import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { createSafetensorsWriter } from '../../../src/modelfile/write';
import { NATIVE_KEYS } from '../../../src/quantize/native/header';
import { openAnyModel, openNative } from '../../../src/quantize/native/open';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole, writeModel } from './modelFiles';
import { normalSample } from './samples';

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
  it('opens as the model that it stands for, and as its parts where only safetensors is known', async () => {
    const file = await nativeFile(await temporaryFolder());
    const model = await openAnyModel(file);
    expect(model.tensors).toEqual([
      { name: 'w', dtype: 'F32', shape: [64, 80], size: 5120, bytes: 2 * 1280 + 2 * 2 * 2 * 2 + 4 },
      { name: 'b', dtype: 'F32', shape: [80], size: 80, bytes: 320 },
    ]);
    expect(model.metadata).toMatchObject({
      [NATIVE_KEYS.method]: 'kashin-greedy',
      [NATIVE_KEYS.seed]: '1',
      [NATIVE_KEYS.source]: 'safetensors',
    });
    expect(model.metadata).not.toHaveProperty([NATIVE_KEYS.format]);
    const parts = (await openModel(file)).tensors.map(({ name }) => name);
    expect(parts.toSorted()).toEqual(
      ['b', ...['u', 'u_levels', 'v', 'v_levels', 'scales'].map((part) => `w.kashin_${part}`)].toSorted(),
    );
  });

  it('is told from other files', async () => {
    const folder = await temporaryFolder();
    const file = await nativeFile(folder);
    const original = path.join(folder, 'model.safetensors');
    await expect(openNative(original)).rejects.toMatchObject({ code: 'not-native' });
    expect((await openAnyModel(original)).tensors.length).toBe(2);
    expect((await openNative(file)).tensors.length).toBe(2);
  });

  it('keeps names that look like parts apart', async () => {
    const folder = await temporaryFolder();
    const values = normalSample(4096, 1);
    const model = await writeModel(folder, [
      { name: 'w', dtype: 'F32', shape: [64, 64], values },
      { name: 'w.rtn_codes', dtype: 'F32', shape: [64, 64], values },
    ]);
    const output = path.join(folder, 'out.safetensors');
    const spec = quantizeSpec(model.path, output, { method: 'rtn', form: 'native' });
    await quantizeWhole(model, spec);
    expect((await openNative(output)).tensors.map(({ name }) => name)).toEqual(['w', 'w.rtn_codes']);
    await expect(quantizeWhole(model, { ...spec, force: true, keep: ['w.*'] })).rejects.toMatchObject({
      code: 'duplicate-tensor',
    });
  });

  const list = (...tensors: readonly object[]) => ({ [NATIVE_KEYS.tensors]: JSON.stringify(tensors) });
  it.each([
    ['another version', { [NATIVE_KEYS.version]: '2' }, [], 'native-version'],
    ['an unknown method', { [NATIVE_KEYS.method]: 'magic' }, [], 'malformed'],
    ['bits that the method lacks', { [NATIVE_KEYS.bits]: '3' }, [], 'bits-not-offered'],
    ['no group size', { [NATIVE_KEYS.groupSize]: 'many' }, [], 'malformed'],
    ['another group size', { [NATIVE_KEYS.groupSize]: '1024' }, [], 'native-damaged'],
    ['a seed beyond 32 bits', { [NATIVE_KEYS.seed]: '4294967296' }, [], 'malformed'],
    ['a list that is no JSON', { [NATIVE_KEYS.tensors]: '[{' }, [], 'malformed'],
    ['a list that is no list', { [NATIVE_KEYS.tensors]: '{}' }, [], 'malformed'],
    ['a missing part', {}, ['w.kashin_v'], 'native-damaged'],
    ['a missing tensor', {}, ['b'], 'native-damaged'],
    ['a tensor listed twice', list({ name: 'b' }, { name: 'b' }), [], 'native-damaged'],
    ['a type that cannot be', list({ name: 'w', dtype: 'I8', shape: [64, 80] }), [], 'malformed'],
    ['a shape that does not fit', list({ name: 'w', dtype: 'F32', shape: [64, 81] }), [], 'native-damaged'],
    ['an endless shape', list({ name: 'w', dtype: 'F32', shape: [2 ** 50] }), [], 'native-damaged'],
    [
      'an infinite shape',
      list({ name: 'w', dtype: 'F32', shape: Array(30).fill(2 ** 50) }),
      [],
      'native-damaged',
    ],
    ['a negative shape', list({ name: 'w', dtype: 'F32', shape: [-64, -80] }), [], 'malformed'],
  ] as const)('with %s is refused', async (_, metadata, without, code) => {
    const file = await nativeFile(await temporaryFolder());
    const damaged = await altered(file, metadata, without);
    await expect(openAnyModel(damaged)).rejects.toMatchObject({ name: 'UserError', code });
  });
});
