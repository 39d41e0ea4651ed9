import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { openModel } from '../../../src/modelfile/open';
import { UserError } from '../../../src/protocol/userError';
import { compareModels } from '../../../src/quantize/compare';
import { openAnyModel, openNative } from '../../../src/quantize/native/open';
import { mutate } from '../modelfile/mutations';
import { temporaryFolder } from '../modelfile/temporaryFolder';

/**
 * Files that version 1 wrote, `<name>.safetensors`, with what an independent program in Python decoded them to,
 * `<name>.values.safetensors`. They are never written again: every later version must read them.
 */
const folder = path.join(import.meta.dirname, 'version1');
const files = readdirSync(folder).filter((name) => !name.includes('.values.'));

describe.each(files)('the file %s of version 1', (name) => {
  it('is read as it was, to the bit', async () => {
    const native = await openNative(path.join(folder, name));
    const values = await openModel(path.join(folder, name.replace('.safetensors', '.values.safetensors')));
    expect(native.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      values.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(await compareModels(native, values)).toEqual({
      added: [],
      removed: [],
      changed: [],
      identical: values.tensors.length,
    });
  });

  it('is read or refused when it is damaged, never something else', async () => {
    const bytes = await readFile(path.join(folder, name));
    const damaged = path.join(await temporaryFolder(), 'damaged.safetensors');
    const random = new Random(1);
    const refused = new Set<string>();
    for (let i = 0; i < 400; i++) {
      await writeFile(damaged, mutate(bytes, 'safetensors', random));
      try {
        const model = await openAnyModel(damaged);
        for (const tensor of model.tensors) {
          expect((await model.readFloat32(tensor.name)).length).toBe(tensor.size);
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refused.add(error.code);
      }
    }
    expect([...refused]).toEqual(expect.arrayContaining(['native-damaged', 'malformed']));
  });
});
