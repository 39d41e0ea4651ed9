import { cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun } from '../../../src/runs/create';
import { runFiles } from '../../../src/runs/layout';
import { trainedBy } from '../../../src/runs/trainedBy';
import { temporaryFolder, temporaryWorkspace } from './workspace';

describe('the experiment that trained a file of weights', () => {
  it('is that of the run whose output the file is', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const { outputs } = runFiles(await createRun(workspace, spec));
    expect(await trainedBy(path.join(outputs, 'model.safetensors'))).toBe(spec.experiment);
    expect(await trainedBy(path.join(outputs, 'deeper', 'model.safetensors'))).toBeUndefined();
    await rm(spec.experiment);
    expect(await trainedBy(path.join(outputs, 'model.safetensors'))).toBeUndefined();
  });

  it('is unknown of any other file, and of a folder with a damaged spec', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const folder = await createRun(workspace, spec);
    expect(await trainedBy(path.join(workspace, 'model.safetensors'))).toBeUndefined();
    const copy = path.join(await temporaryFolder(), 'run');
    await cp(folder, copy, { recursive: true });
    await writeFile(runFiles(copy).spec, '{');
    expect(await trainedBy(path.join(runFiles(copy).outputs, 'model.safetensors'))).toBeUndefined();
  });
});
