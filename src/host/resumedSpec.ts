import { access } from 'node:fs/promises';
import path from 'node:path';
import type { TrainSpec } from '../protocol/jobSpec';
import { canResume } from '../protocol/resume';
import { UserError } from '../protocol/userError';
import { CHECKPOINT, runFiles } from '../runs/layout';
import type { KnownRun } from './runStore';

/**
 * What to start to go on where a training stopped, with the settings that it had. It is a run of its own, also where
 * the other was a trial; the checkpoint has the weights that the other began with.
 * @throws UserError `cannot-resume` where the run is none that stopped, or has kept no checkpoint
 */
export async function resumedSpec(run: KnownRun): Promise<TrainSpec> {
  const { folder, spec } = run;
  if (spec.job !== 'train' || !canResume(run, spec)) {
    throw new UserError(
      'cannot-resume',
      'Only a training that was stopped can be resumed.',
      'Run the experiment again.',
    );
  }
  const checkpoint = path.join(runFiles(folder).outputs, CHECKPOINT);
  try {
    await access(checkpoint);
  } catch {
    throw new UserError(
      'cannot-resume',
      'This run ended before it kept a checkpoint.',
      'Run the experiment again: a checkpoint is kept after every epoch, and when a run is cancelled.',
    );
  }
  const resumed: { -readonly [Setting in keyof TrainSpec]: TrainSpec[Setting] } = { ...spec, resume: folder };
  delete resumed.weights;
  delete resumed.sweep;
  return resumed;
}
