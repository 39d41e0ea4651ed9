import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isOver, type RunState } from '../protocol/run';
import { systemCode, writeError } from './fileError';
import { RunFollower } from './follower';
import { runFiles } from './layout';
import { listRuns } from './list';
import { isAlive, isOfThisHost, killGroup, type ProcessMark } from './process';
import { deriveState } from './state';

/** How long a worker may take to end cleanly, milliseconds. */
const GRACE = 2000;
/** How long the worker of another host may take to see the wish and to end, milliseconds. */
const REMOTE_GRACE = 10_000;
const POLL = 50;

/**
 * Asks a run to stop, waits until it has, and returns its state. A worker of this host that has not
 * ended after two seconds is killed with everything that it started. A run that is over stays as it is.
 * Trials of a sweep stop with it.
 * @param options.now kill without waiting
 * @throws UserError where the folder cannot be written, or holds no run
 */
export async function cancelRun(folder: string, options: { readonly now?: boolean } = {}): Promise<RunState> {
  const follower = new RunFollower(folder);
  const { created, spec } = await follower.spec();
  const state = await stop(follower, created, options);
  if (spec.job === 'sweep') await cancelTrials(folder, options);
  return state;
}

/** Trials have processes of their own, which a sweep that was killed leaves behind. */
async function cancelTrials(sweep: string, options: { readonly now?: boolean }): Promise<void> {
  const workspace = path.resolve(sweep, '..', '..', '..');
  const trials = (await listRuns(workspace)).filter(
    (run) => run.sweep === path.basename(sweep) && !isOver(run.state),
  );
  await Promise.all(trials.map((trial) => cancelRun(trial.folder, options)));
}

async function stop(
  follower: RunFollower,
  created: number,
  options: { readonly now?: boolean },
): Promise<RunState> {
  const { folder } = follower;
  const { state } = await follower.update();
  if (isOver(state)) return state;
  await requestCancel(folder);
  const { process } = await deriveState(folder, created, undefined);
  const here = process !== undefined && isOfThisHost(process);
  const grace = options.now ? 0 : here ? GRACE : REMOTE_GRACE;
  let reached = await waitForEnd(follower, grace);
  if (here) {
    // A worker that has said its last word but does not go is a process that outlives its job.
    if (!isOver(reached) || !(await waitForExit(process, grace))) await killGroup(process.pid);
    if (!isOver(reached)) reached = await waitForEnd(follower, GRACE);
  }
  return reached;
}

/** Leaves the wish that the run should stop where its worker looks for it. */
async function requestCancel(folder: string): Promise<void> {
  const file = runFiles(folder).cancel;
  try {
    await writeFile(file, `${JSON.stringify({ time: Date.now() })}\n`, { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw writeError(error, file);
  }
}

async function waitForEnd(follower: RunFollower, limit: number): Promise<RunState> {
  const deadline = Date.now() + limit;
  for (;;) {
    const { state } = await follower.update();
    if (isOver(state) || Date.now() >= deadline) return state;
    await pause();
  }
}

async function waitForExit(process: ProcessMark, limit: number): Promise<boolean> {
  const deadline = Date.now() + limit;
  while (await isAlive(process)) {
    if (Date.now() >= deadline) return false;
    await pause();
  }
  return true;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL));
}
