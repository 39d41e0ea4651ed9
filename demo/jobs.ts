import path from 'node:path';
import type { JobSpec } from '../src/protocol/jobSpec';
import type { RunView } from '../src/protocol/messages';
import { isOver, type RunSummary } from '../src/protocol/run';
import { UserError } from '../src/protocol/userError';
import { cancelRun } from '../src/runs/cancel';
import { createRun } from '../src/runs/create';
import { launchRun } from '../src/runs/launch';
import { readRun } from '../src/runs/read';
import { tailRun } from '../src/runs/tail';
import { runView } from '../src/runs/view';
import { progress, progressDone } from './terminal';

/** The run that is being executed. */
let current: string | undefined;

/** Ends the run in progress, whose process would outlive this one. */
export async function cancelCurrent(): Promise<void> {
  if (current !== undefined) await cancelRun(current);
}

/** Executes a job as the editor and the terminal do: a run in a process of its own, followed by its journal. */
export async function execute(workspace: string, spec: JobSpec): Promise<RunView> {
  const folder = await createRun(workspace, spec);
  current = folder;
  await launchRun(folder, { worker: path.join(__dirname, 'worker.js') });
  const summary = await follow(folder);
  current = undefined;
  progressDone();
  if (summary.state !== 'done') {
    const error = summary.error;
    throw new UserError(
      error?.code ?? 'run-failed',
      error?.message ?? `The run ${summary.id} ended as ${summary.state}.`,
      error?.remedy ?? `Look at ${path.join(folder, 'log.txt')}.`,
    );
  }
  return runView(await readRun(folder));
}

function follow(folder: string): Promise<RunSummary> {
  return new Promise((resolve) => {
    const tail = tailRun(folder, {
      onEvents: () => undefined,
      onSummary(summary) {
        if (summary.progress) {
          progress(`${Math.round(100 * summary.progress.fraction)} %  ${summary.progress.what}`);
        }
        if (isOver(summary.state)) {
          tail.dispose();
          resolve(summary);
        }
      },
    });
  });
}
