import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { cancelRun } from '../../../src/runs/cancel';
import { readRun } from '../../../src/runs/read';
import { listRuns } from '../../../src/runs/list';
import { readWorker } from '../../../src/runs/mark';
import type { RunRecord } from '../../../src/protocol/run';

/** Folders of the runs of a workspace. */
export async function runFolders(workspace: string): Promise<string[]> {
  return (await listRuns(workspace)).map(({ folder }) => folder);
}

/** Waits until the workspace has a run that is not among `known`, and returns its folder. */
export async function nextRun(workspace: string, known: readonly string[] = []): Promise<string> {
  let found: string | undefined;
  const look = async () => (found = (await runFolders(workspace)).find((folder) => !known.includes(folder)));
  await expect.poll(look, { timeout: 30_000 }).toBeDefined();
  return found!;
}

/** Waits until a run satisfies `condition`. */
export async function untilRun(
  folder: string,
  condition: (run: RunRecord) => boolean,
  timeout = 120_000,
): Promise<RunRecord> {
  let run: RunRecord | undefined;
  await expect
    .poll(async () => condition((run = await readRun(folder))), { timeout, interval: 200 })
    .toBe(true);
  return run!;
}

/** How many steps a training run has reported. */
export function reportedSteps(run: RunRecord): number {
  return run.events.filter(({ type }) => type === 'metrics').length;
}

/** The process that executes a run. */
export async function workerPid(folder: string): Promise<number> {
  let pid: number | undefined;
  await expect
    .poll(async () => (pid = (await readWorker(folder))?.process.pid), { timeout: 30_000 })
    .toBeDefined();
  return pid!;
}

/** Ends what still runs in a workspace: jobs outlive the window that started them. */
export async function endRuns(workspace: string): Promise<void> {
  for (const folder of await runFolders(workspace)) await cancelRun(folder, { now: true });
}

/** Whether a process exists and is no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status !== '' && !status.includes(') Z ');
}
