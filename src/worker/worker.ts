import path from 'node:path';
import type { LoadedEngine } from '../engine/engine';
import { loadEngine } from '../engine/registry';
import type { JobContext } from '../jobs/job';
import type { BoundJob } from '../jobs/registry';
import type { FinishedEvent } from '../protocol/events';
import type { JobSpec } from '../protocol/jobSpec';
import { errorReport } from '../protocol/userError';
import { writeEnvironment } from '../runs/environmentFile';
import { writeError } from '../runs/fileError';
import { openJournal } from '../runs/journal';
import { runFiles } from '../runs/layout';
import { makeFolder } from '../runs/makeFolder';
import { readSpec } from '../runs/specFile';
import { watchCancellation } from './cancellation';
import { claimRun } from './claim';
import { describeEnvironment } from './environment';
import { RunWriter } from './runWriter';
import { logError } from './runLog';

const EXIT_CODES: Readonly<Record<FinishedEvent['state'], number>> = { done: 0, failed: 1, cancelled: 130 };
const EXIT_REFUSED = 2;

type BindJob = (spec: JobSpec) => BoundJob;

/**
 * Executes the run in `folder` and ends this process: with 0 when it is done, 1 when it failed, 130
 * when it was cancelled, 2 when the folder is no run or another process took it.
 */
export async function runWorker(folder: string | undefined, bindJob: BindJob): Promise<never> {
  process.exit(await takeRun(folder, bindJob));
}

async function takeRun(argument: string | undefined, bindJob: BindJob): Promise<number> {
  if (argument === undefined) {
    console.error('Usage: worker.js RUN_FOLDER');
    return EXIT_REFUSED;
  }
  const folder = path.resolve(argument);
  try {
    const { spec } = await readSpec(folder);
    const stopBeating = await claimRun(folder);
    const state = await executeRun(folder, bindJob(spec));
    stopBeating();
    return EXIT_CODES[state];
  } catch (error) {
    logError(error);
    return EXIT_REFUSED;
  }
}

async function executeRun(folder: string, job: BoundJob): Promise<FinishedEvent['state']> {
  const writer = new RunWriter(folder, openJournal(folder));
  const controller = new AbortController();
  const abandon = (state: FinishedEvent['state'], error?: unknown): never => {
    if (error !== undefined) logError(error);
    writer.finish(state, error === undefined ? {} : { error: errorReport(error) });
    process.exit(EXIT_CODES[state]);
  };
  process.on('uncaughtException', (error) => abandon('failed', error));
  process.on('unhandledRejection', (error) => abandon('failed', error));
  const stopWatching = watchCancellation(folder, controller, () => abandon('cancelled'));
  const { signal } = controller;
  try {
    writer.append({ type: 'started', name: job.name });
    const summary = await drive(job, await prepare(folder, signal), writer);
    const isDone = !signal.aborted || job.resultComesFirst === true;
    return writer.finish(isDone ? 'done' : 'cancelled', { summary });
  } catch (error) {
    if (error !== signal.reason) logError(error);
    if (signal.aborted) return writer.finish('cancelled', {});
    return writer.finish('failed', { error: errorReport(error) });
  } finally {
    stopWatching();
  }
}

/** Appends every event of the job, and returns its summary. */
async function drive(job: BoundJob, context: JobContext, writer: RunWriter) {
  const events = job.run(context);
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    try {
      writer.append(next.value);
    } catch (error) {
      // The journal cannot be written: let the job clean up what it opened, whatever it makes of it.
      await events.throw(error).catch(() => undefined);
      throw error;
    }
  }
}

async function prepare(folder: string, signal: AbortSignal): Promise<JobContext> {
  await writeEnvironment(folder, describeEnvironment());
  const { outputs } = runFiles(folder);
  await makeFolder(outputs).catch((error: unknown) => {
    throw writeError(error, outputs);
  });
  let engine: Promise<LoadedEngine> | undefined;
  return {
    folder,
    outputs,
    signal,
    engine: (id, threads) =>
      (engine ??= loadEngine(id, threads === undefined ? {} : { threads }).then(async (loaded) => {
        await writeEnvironment(folder, describeEnvironment(loaded));
        return loaded;
      })),
  };
}
