import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobSpec } from '../protocol/jobSpec';
import { parseJobSpec } from '../protocol/parseJobSpec';
import { systemCode, writeError } from './fileError';
import { describeInputs } from './inputs';
import { runFiles, runsFolder } from './layout';
import { makeFolder } from './makeFolder';

/**
 * Makes the folder of a new run and returns its absolute path. The folder appears under its name only
 * when it is complete: `spec.json` (the spec, the time, the input files with sizes and hashes) and an
 * empty `outputs`.
 * @throws UserError where the spec or an input is wrong, or the folder cannot be written
 */
export async function createRun(workspace: string, spec: JobSpec): Promise<string> {
  const checked = parseJobSpec(spec);
  const inputs = await describeInputs(checked);
  const runs = runsFolder(workspace);
  const created = new Date();
  const draft = path.join(runs, `.new-${randomBytes(8).toString('hex')}`);
  try {
    await makeFolder(runFiles(draft).outputs);
    const text = JSON.stringify({ created: created.getTime(), spec: checked, inputs }, null, 2);
    await writeFile(runFiles(draft).spec, `${text}\n`, { flush: true });
    return await claimName(runs, draft, created, checked);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw writeError(error, runs);
  }
}

async function claimName(runs: string, draft: string, created: Date, spec: JobSpec): Promise<string> {
  const time = created.toISOString().slice(0, 19).replaceAll(':', '-');
  for (;;) {
    const folder = path.join(runs, `${time}-${shortName(spec)}-${randomBytes(2).toString('hex')}`);
    try {
      // Renaming onto a folder that holds something fails, and every run folder holds its spec.
      await rename(draft, folder);
      return folder;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error))) throw error;
    }
  }
}

/** `kashin-greedy-q4`, `mnist-mlp`, `kashin-convergence`. */
function shortName(spec: JobSpec): string {
  if (spec.job === 'quantize') return `${spec.method}-q${spec.bits}`;
  if (spec.job === 'study') return spec.study.replaceAll('/', '-');
  const experiment =
    spec.job === 'sweep'
      ? `sweep-${path.parse(spec.trial.experiment).name}`
      : path.parse(spec.experiment).name;
  return (
    experiment
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 40) || 'train'
  );
}
