import type { JobSpec } from './jobSpec';
import type { RunState } from './run';

/** Whether a run is a training that ended before its time, so that another can go on from its checkpoint. */
export function canResume(state: RunState, spec: JobSpec): boolean {
  const stopped = state === 'cancelled' || state === 'failed' || state === 'lost';
  return stopped && spec.job === 'train' && spec.watched !== true;
}
