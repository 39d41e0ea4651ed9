import type { GuardDurations } from '../../src/compile/guard/guardTimes';

/** Some steps of a guarded run. */
export interface GuardedStretch {
  readonly steps: number;
  readonly milliseconds: number;
  /** What guards had taken since the run began, when the stretch began and when it ended. */
  readonly before: GuardDurations;
  readonly after: GuardDurations;
}

/**
 * What guards cost in a run, as parts of the time of as many compiled steps without them. The shadow check has one
 * step more: it repeats a recorded step in a run of the graph that has to be prepared in any case.
 * @param stretch its end, in which steps were compiled from the first on
 * @param steps of the whole run
 */
export function guardCost(
  { steps: counted, milliseconds, before, after }: GuardedStretch,
  steps: number,
): GuardDurations {
  const step = (milliseconds - (totalOf(after) - totalOf(before))) / counted;
  const { recordings, shadowCheck, audits } = after;
  const share = (duration: number): number => duration / (steps * step);
  return { recordings: share(recordings), shadowCheck: share(shadowCheck + step), audits: share(audits) };
}

export function totalOf({ recordings, shadowCheck, audits }: GuardDurations): number {
  return recordings + shadowCheck + audits;
}
