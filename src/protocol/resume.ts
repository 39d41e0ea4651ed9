import type { JobSpec } from './jobSpec';
import type { RunSummary } from './run';

/**
 * Whether a run is a training that ended before its time, so that another can go on from its checkpoint. One that has
 * told no value has none.
 */
export function canResume({ state, last }: Pick<RunSummary, 'state' | 'last'>, spec: JobSpec): boolean {
  const stopped = state === 'cancelled' || state === 'failed' || state === 'lost';
  return stopped && Object.keys(last).length > 0 && spec.job === 'train' && spec.watched !== true;
}
