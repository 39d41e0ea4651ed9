import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isOver } from '../protocol/run';
import { UserError } from '../protocol/userError';
import { writeError } from './fileError';
import { RunFollower } from './follower';

/**
 * Removes a run with all its files. It vanishes in one step, so that nobody sees half of it.
 * @throws UserError `run-is-running` where it is not over, `not-a-run` where the folder is none
 */
export async function removeRun(folder: string): Promise<void> {
  const run = path.resolve(folder);
  const { id, state } = await new RunFollower(run).update();
  if (!isOver(state)) {
    throw new UserError('run-is-running', `${id} is ${state}.`, 'Cancel it first.');
  }
  const doomed = path.join(path.dirname(run), `.removed-${id}`);
  try {
    await rename(run, doomed);
    await rm(doomed, { recursive: true, force: true });
  } catch (error) {
    throw writeError(error, run);
  }
}
