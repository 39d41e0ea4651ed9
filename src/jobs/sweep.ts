import { availableParallelism } from 'node:os';
import path from 'node:path';
import { distFolder } from '../engine/distFolder';
import type { ProgressEvent, RunEventBody } from '../protocol/events';
import type { SweepSpec } from '../protocol/jobSpec';
import type { SweepSummary, TrialResult } from '../protocol/sweep';
import { UserError } from '../protocol/userError';
import { awaitEnd } from '../runs/awaitEnd';
import { cancelRun } from '../runs/cancel';
import { createRun } from '../runs/create';
import { launchRun } from '../runs/launch';
import { planTrials, trialSpec, type Trial } from '../train/sweep/plan';
import { summarizeTrials } from '../protocol/sweepRanking';
import type { Job, JobContext } from './job';

/** Trains the same experiment under many settings: every trial is a run of its own, beside the sweep's. */
export const sweepJob: Job<SweepSpec, SweepSummary> = {
  kind: 'sweep',
  name: ({ trial: { experiment } }) => `${path.basename(experiment, path.extname(experiment))}, sweep`,
  run: runSweep,
};

/**
 * Keeps `jobs` trials running until all are over. A trial that fails does not end the sweep; that all of them fail
 * does. However the sweep ends, no trial of it goes on.
 */
async function* runSweep(
  spec: SweepSpec,
  { folder, signal }: JobContext,
): AsyncGenerator<RunEventBody, SweepSummary> {
  const trials = planTrials(spec);
  const waiting = trials.values();
  const results: TrialResult[] = [];
  const active = new Map<string, Promise<TrialResult>>();
  const starter = new TrialStarter(spec, folder);
  const stop = (): void => {
    for (const run of active.keys()) void cancelRun(run);
  };
  signal.addEventListener('abort', stop);
  try {
    yield progress(0, trials.length);
    for (;;) {
      while (active.size < spec.jobs && !signal.aborted) {
        const next = waiting.next();
        if (next.done === true) break;
        const run = await starter.start(next.value);
        active.set(run, starter.result(run, next.value));
      }
      // What was being started when the sweep was cancelled has not heard of it.
      if (signal.aborted) stop();
      if (active.size === 0) break;
      const [run, trial] = await Promise.race(
        Array.from(active, async ([key, result]) => [key, await result] as const),
      );
      active.delete(run);
      results.push(trial);
      yield { type: 'trial', trial };
      yield progress(results.length, trials.length);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(Array.from(active.keys(), (run) => cancelRun(run)));
  }
  if (!signal.aborted && results.every(({ state }) => state !== 'done')) throw allFailed(results);
  return summarizeTrials(spec, results);
}

/** Makes runs of trials, and reads how they ended. */
class TrialStarter {
  private readonly workspace: string;
  private readonly sweep: string;

  constructor(
    private readonly spec: SweepSpec,
    folder: string,
  ) {
    this.workspace = path.resolve(folder, '..', '..', '..');
    this.sweep = path.basename(folder);
  }

  async start(trial: Trial): Promise<string> {
    const { jobs } = this.spec;
    const asked = trialSpec(this.spec, trial, this.sweep);
    // Trials beside one another share the cores: engines that each take all of them get in each other's way.
    const share = jobs > 1 ? { threads: Math.max(1, Math.floor(availableParallelism() / jobs)) } : {};
    const run = await createRun(this.workspace, { ...share, ...asked });
    await launchRun(run, { worker: path.join(distFolder(), 'worker.js') });
    return run;
  }

  async result(run: string, { parameters, seed }: Trial): Promise<TrialResult> {
    const { id, state, last, seconds, error } = await awaitEnd(run);
    return {
      run: id,
      state: state === 'queued' || state === 'running' ? 'lost' : state,
      parameters,
      ...(seed !== undefined && { seed }),
      final: last,
      seconds,
      ...(error && { error: `${error.message} ${error.remedy}` }),
    };
  }
}

function progress(done: number, total: number): ProgressEvent {
  return { type: 'progress', done, total, unit: 'trials', what: `${done} of ${total} trials` };
}

function allFailed(results: readonly TrialResult[]): UserError {
  const first = results.find(({ error }) => error !== undefined)?.error;
  return new UserError(
    'all-trials-failed',
    `None of ${results.length} trials ended well.${first === undefined ? '' : ` The first said: ${first}`}`,
    'Mend what it says, or change the axes.',
  );
}
