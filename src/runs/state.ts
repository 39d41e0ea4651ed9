import { existsSync } from 'node:fs';
import type { FinishedEvent } from '../protocol/events';
import type { RunState } from '../protocol/run';
import type { ErrorReport } from '../protocol/userError';
import { runFiles } from './layout';
import { BEAT_LIMIT, readLaunch, readWorker } from './mark';
import { isAlive, isOfThisHost, type ProcessMark } from './process';

export interface DerivedState {
  readonly state: RunState;
  readonly error?: ErrorReport;
  /** True where a process ended without its last word, so that the log is what is left. */
  readonly died?: boolean;
  /** The process that executes the run. */
  readonly process?: ProcessMark;
  /** Last sign of life, milliseconds since 1970. */
  readonly beat?: number;
}

/** A run that nobody launched for so long will not start any more, milliseconds. */
const LAUNCH_LIMIT = 15_000;

/**
 * The state of a run, from its folder alone: what `finished` says, else what can be seen of the process.
 * Only the worker writes the journal, so a worker that was killed leaves no word: then the run is
 * `cancelled` where somebody had asked for it, and `failed` where nobody had.
 */
export async function deriveState(
  folder: string,
  created: number,
  finished: FinishedEvent | undefined,
): Promise<DerivedState> {
  if (finished) {
    return { state: finished.state, ...(finished.error && { error: finished.error }) };
  }
  const worker = await readWorker(folder);
  if (worker) {
    const { process, beat } = worker;
    const fresh = Date.now() - beat < BEAT_LIMIT;
    if (!isOfThisHost(process)) return { state: fresh ? 'running' : 'lost', process, beat };
    // Where the system does not tell when a process started, the heartbeat has to.
    if ((await isAlive(process)) && (process.start !== '' || fresh)) {
      return { state: 'running', process, beat };
    }
    return { ...ended(folder, DIED), beat };
  }
  return stateBeforeWorker(folder, created);
}

async function stateBeforeWorker(folder: string, created: number): Promise<DerivedState> {
  const launch = await readLaunch(folder);
  if (!launch) {
    const waits = Date.now() - created < LAUNCH_LIMIT && !isCancelled(folder);
    return waits ? { state: 'queued' } : ended(folder, NEVER_STARTED);
  }
  if ('error' in launch) return { state: 'failed', error: launch.error };
  const { process } = launch;
  if (!isOfThisHost(process) || (await isAlive(process))) return { state: 'queued', process };
  return ended(folder, DIED);
}

/** Whether somebody asked for the run to stop. */
export function isCancelled(folder: string): boolean {
  return existsSync(runFiles(folder).cancel);
}

function ended(folder: string, error: ErrorReport): DerivedState {
  return isCancelled(folder) ? { state: 'cancelled' } : { state: 'failed', error, died: true };
}

const DIED: ErrorReport = {
  code: 'worker-died',
  message: 'The process of the run ended without a last word: it crashed or was killed.',
  remedy: 'Read the last lines of its log; if memory ran out, try a smaller batch or model.',
};

const NEVER_STARTED: ErrorReport = {
  code: 'never-started',
  message: 'The run was created, but no process was started for it.',
  remedy: 'Run it again.',
};
