import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun } from '../../../src/runs/create';
import { readSpec } from '../../../src/runs/specFile';
import { findWorkspace } from '../../../src/runs/workspace';
import { temporaryFolder, temporaryWorkspace } from './workspace';

describe('createRun', () => {
  it('makes a folder with the spec, its inputs and an empty outputs', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const folder = await createRun(workspace, spec);
    expect(path.dirname(folder)).toBe(path.join(workspace, '.weightroom', 'runs'));
    expect(path.basename(folder)).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-small-experiment-[0-9a-f]{4}$/);
    expect((await readdir(folder)).sort()).toEqual(['outputs', 'spec.json']);
    const file = JSON.parse(await readFile(path.join(folder, 'spec.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const content = await readFile(spec.experiment);
    expect(file['inputs']).toEqual([
      expect.objectContaining({
        path: spec.experiment,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        hashedBytes: content.length,
      }),
    ]);
    expect((await readSpec(folder)).spec).toEqual(spec);
  });

  it('hashes only the first four megabytes of a big input', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const bytes = Buffer.alloc(5 * 2 ** 20, 7);
    await writeFile(spec.experiment, bytes);
    const folder = await createRun(workspace, spec);
    const file = JSON.parse(await readFile(path.join(folder, 'spec.json'), 'utf8')) as {
      inputs: { sha256: string; hashedBytes: number; bytes: number }[];
    };
    expect(file.inputs[0]).toMatchObject({
      bytes: bytes.length,
      hashedBytes: 4 * 2 ** 20,
      sha256: createHash('sha256')
        .update(bytes.subarray(0, 4 * 2 ** 20))
        .digest('hex'),
    });
  });

  it('never gives two runs one folder, and leaves no drafts', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const folders = await Promise.all(Array.from({ length: 60 }, () => createRun(workspace, spec)));
    expect(new Set(folders).size).toBe(60);
    expect((await readdir(path.join(workspace, '.weightroom', 'runs'))).length).toBe(60);
  });

  it('names the input that is not there, and makes nothing', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const experiment = path.join(workspace, 'absent.ts');
    await expect(createRun(workspace, { ...spec, experiment })).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining(experiment) as string,
    });
    expect(await readdir(workspace)).toEqual(['small experiment.ts']);
  });

  it('says in words that a workspace cannot be written', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const blocked = path.join(workspace, 'file');
    await writeFile(blocked, '');
    // In /proc nothing can be made, and the system calls that a missing folder.
    for (const closed of [blocked, '/proc/self']) {
      await expect(createRun(closed, spec)).rejects.toMatchObject({
        name: 'UserError',
        code: 'folder-not-writable',
        remedy: expect.stringContaining('--workspace') as string,
      });
    }
  });

  it('refuses a spec that is wrong', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    await expect(createRun(workspace, { ...spec, epochs: 0 })).rejects.toMatchObject({ code: 'malformed' });
  });
});

describe('findWorkspace', () => {
  it('is the nearest parent with a .weightroom, else the folder itself', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    await createRun(workspace, spec);
    expect(findWorkspace(path.join(workspace, 'a', 'b'))).toBe(workspace);
    const bare = await temporaryFolder();
    expect(findWorkspace(bare)).toBe(bare);
  });
});
