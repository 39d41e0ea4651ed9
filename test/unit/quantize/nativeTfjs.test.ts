import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { UserError } from '../../../src/protocol/userError';
import { compareModels } from '../../../src/quantize/compare';
import { openAnyModel, openNative } from '../../../src/quantize/native/open';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole } from './modelFiles';
import { makeTfjsWithKernel } from './tfjsModel';

const SAME = { added: [], removed: [], changed: [] };

/** A TensorFlow.js model in the native form, and what it was made from. */
async function nativeModel(kind: 'layers' | 'graph') {
  const folder = await temporaryFolder();
  const fixture = await makeTfjsWithKernel(folder, kind);
  const source = await openModel(fixture.path);
  const output = path.join(folder, 'model.w4.native.json');
  const spec = quantizeSpec(fixture.path, output, { method: 'rtn', form: 'native', groupSize: 32 });
  return { folder, source, output, ...(await quantizeWhole(source, spec)) };
}

/** The JSON of a model with some members changed. */
async function edited(file: string, change: (model: Record<string, unknown>) => unknown): Promise<string> {
  const output = path.join(path.dirname(file), 'edited.json');
  const model = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(output, JSON.stringify(change(model)));
  return output;
}

describe.each(['layers', 'graph'] as const)('a TF.js model in the native form, %s', (kind) => {
  it('is opened by its JSON as the model that it stands for', async () => {
    const { source, output, folder, events, summary } = await nativeModel(kind);
    const native = await openNative(output);
    expect(native.format).toBe(source.format);
    expect(native.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      source.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(events.filter(({ type }) => type === 'output').map((event) => event)).toMatchObject(
      summary.output.map((file) => ({ path: file, kind: 'model' })),
    );
    expect(summary.output.at(-1)).toBe(output);

    const portable = path.join(folder, 'model.w4.json');
    await quantizeWhole(source, quantizeSpec(source.path, portable, { method: 'rtn', groupSize: 32 }));
    const comparison = await compareModels(await openModel(portable), native);
    expect(comparison).toEqual({ ...SAME, identical: source.tensors.length });
  });

  it('can be written out again: a model of TF.js, and packed once more', async () => {
    const { output, folder } = await nativeModel(kind);
    const native = await openNative(output);
    const plain = path.join(folder, 'plain.json');
    await quantizeWhole(native, quantizeSpec(output, plain, { method: 'rtn', bits: 8, groupSize: 32 }));
    const json = JSON.parse(await readFile(plain, 'utf8')) as Record<string, unknown>;
    expect(json).not.toHaveProperty('weightroom');
    const before = JSON.parse(await readFile(output, 'utf8')) as Record<string, unknown>;
    expect(json['modelTopology']).toEqual(before['modelTopology']);
    const again = path.join(folder, 'again.json');
    const spec = { method: 'rtn', bits: 8, groupSize: 32, form: 'native' } as const;
    await quantizeWhole(native, quantizeSpec(output, again, spec));
    expect(await compareModels(await openModel(plain), await openNative(again))).toEqual({
      ...SAME,
      identical: native.tensors.length,
    });
  });

  it('is read wherever its member stands, and refused where that is wrong', async () => {
    const { output, folder } = await nativeModel(kind);
    const first = await edited(output, ({ weightroom, ...rest }) => ({ weightroom, ...rest }));
    const moved = await openNative(first);
    const plain = path.join(folder, 'plain.json');
    await quantizeWhole(moved, quantizeSpec(first, plain, { method: 'rtn', bits: 8, groupSize: 32 }));
    expect(JSON.parse(await readFile(plain, 'utf8'))).not.toHaveProperty('weightroom');

    const refused = async (member: unknown, more: object = {}) => {
      const file = await edited(output, (model) => ({ ...model, weightroom: member, ...more }));
      try {
        await openAnyModel(file);
        return 'opened';
      } catch (error) {
        return error instanceof UserError ? `UserError ${error.code}` : 'crashed';
      }
    };
    const { paths } = (JSON.parse(await readFile(output, 'utf8')) as { weightroom: { paths: string[] } })
      .weightroom;
    expect(await refused({ version: 2, paths })).toBe('UserError native-version');
    expect(await refused({ paths })).toBe('UserError native-version');
    expect(await refused({ version: 1, paths, later: {} })).toBe('opened');
    expect(await refused({ version: 1 })).toBe('UserError file-truncated');
    expect(await refused({ version: 1, paths: [...paths, paths[0]] })).toBe('UserError duplicate-shard');
    expect(await refused({ version: 1, paths: ['../secret.bin'] })).toBe('UserError path-traversal');
    expect(await refused({ version: 1, paths: ['absent.bin'] })).toBe('UserError shard-missing');
    expect(await refused('yes')).toBe('UserError malformed');
    const weight = { name: 'w', shape: [1], dtype: 'float32' };
    expect(
      await refused({ version: 1, paths }, { weightsManifest: [{ paths: [], weights: [weight] }] }),
    ).toBe('UserError malformed');
  });
});
