import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { TrainSpec } from '../../../src/protocol/jobSpec';

/** A folder of this test's own, removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'weightroom-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A workspace with an experiment file, and a spec that trains it. */
export async function temporaryWorkspace(
  overrides: TrainSpec['overrides'] = {},
): Promise<{ readonly workspace: string; readonly spec: TrainSpec }> {
  const workspace = await temporaryFolder();
  const experiment = path.join(workspace, 'small experiment.ts');
  await writeFile(experiment, 'export default {};\n');
  return { workspace, spec: { job: 'train', experiment, engine: 'cpu', overrides } };
}
