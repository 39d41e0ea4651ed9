import path from 'node:path';
import type { RunEvent } from '../protocol/events';
import type { JobSpec } from '../protocol/jobSpec';
import { isOver, type RunRecord, type RunSummary } from '../protocol/run';
import { UserError } from '../protocol/userError';
import { runGone } from '../runs/awaitEnd';
import { cancelRun } from '../runs/cancel';
import { createRun } from '../runs/create';
import { launchRun } from '../runs/launch';
import { runFiles } from '../runs/layout';
import { readRun } from '../runs/read';
import { tailRun } from '../runs/tail';
import { rowText } from '../studies/rows';
import type { Session } from './session';
import { trialText } from './trialText';

/**
 * Executes a job as the editor does: a run in a process of its own, followed by its journal until it is
 * over. The first Ctrl-C cancels the run and waits for its clean end, the second kills it.
 * @returns the run, done or cancelled
 * @throws UserError where it could not be started, or failed
 */
export async function executeRun(session: Session, spec: JobSpec): Promise<RunRecord> {
  const folder = await createRun(session.workspace, spec);
  await launchRun(folder, {
    worker: path.join(__dirname, 'worker.js'),
    ...(session.options.device === 'cpu' && { env: { CUDA_VISIBLE_DEVICES: '-1' } }),
  });
  await follow(session, folder);
  const record = await readRun(folder);
  if (record.summary.state === 'done' || record.summary.state === 'cancelled') return record;
  throw failure(session, record.summary);
}

async function follow(session: Session, folder: string): Promise<void> {
  const { clean, atOnce } = session.interruption;
  const released = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      const tail = tailRun(folder, {
        onEvents: (events) => {
          for (const event of events) show(session, event);
        },
        onSummary: ({ state }) => {
          if (isOver(state)) resolve();
        },
        onGone: () => reject(runGone(folder)),
      });
      released.signal.addEventListener('abort', () => tail.dispose());
      onAbort(clean, released.signal, () => cancelRun(folder).catch(reject));
      onAbort(atOnce, released.signal, () => cancelRun(folder, { now: true }).catch(reject));
    });
  } finally {
    released.abort();
  }
}

function onAbort(signal: AbortSignal, until: AbortSignal, act: () => unknown): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true, signal: until });
}

function show({ progress }: Session, event: RunEvent): void {
  if (event.type === 'progress') progress.update(event);
  else if (event.type === 'message') progress.note(event.text);
  else if (event.type === 'figure') progress.note(rowText(event.row));
  else if (event.type === 'trial') progress.note(trialText(event.trial));
  else if (event.type === 'verdict') progress.note(`step ${event.step}: ${event.text}`);
}

function failure(session: Session, { error, folder, state, logTail = [] }: RunSummary): UserError {
  for (const line of logTail) session.progress.note(`  ${line}`);
  return new UserError(
    error?.code ?? 'run-failed',
    error?.message ?? `The run ended as ${state}.`,
    `${error?.remedy ?? ''} Its log: ${runFiles(folder).log}`.trim(),
  );
}
