import { isOver, type RunSummary } from '../protocol/run';
import { UserError } from '../protocol/userError';
import { tailRun } from './tail';

/**
 * Waits until a run is over, whoever executes it, and returns how it ended.
 * @throws UserError `run-gone` where its folder is removed meanwhile
 */
export function awaitEnd(folder: string): Promise<RunSummary> {
  return new Promise((resolve, reject) => {
    const tail = tailRun(folder, {
      onEvents: () => undefined,
      onSummary: (summary) => {
        if (!isOver(summary.state)) return;
        tail.dispose();
        resolve(summary);
      },
      onGone: () => reject(runGone(folder)),
    });
  });
}

/** The error for a run that was removed under who follows it. */
export function runGone(folder: string): UserError {
  return new UserError('run-gone', `${folder} was removed while the run went on.`, 'Start it again.');
}
