import type { GuardDurations } from '../../../src/compile/guard/guardTimes';

/**
 * How the bench talks with a contestant: a process, in any language, that prints a `Ready` when it has
 * taken its first steps, and then for every number of steps that it is sent a `Report`. One JSON value a line.
 */

/** Steps that a contestant takes before it says that it is ready. */
export const FIRST_STEPS = 10;

export interface Ready {
  /** Loss of each of the first steps, before that step moved the weights. */
  readonly losses: readonly number[];
  /** Milliseconds from the call of the first step to the end of the first compiled one; ours alone. */
  readonly untilCompiled?: number;
  /** Milliseconds that guards of compiled steps have taken so far; ours alone. */
  readonly guards?: GuardDurations;
  /** Why steps are not compiled where they were to be. */
  readonly refusal?: string;
}

export interface Report {
  /** Steps taken: as many as were asked for, or some more where steps come in groups. */
  readonly steps: number;
  readonly milliseconds: number;
  /** Seconds of processor time, over all cores. */
  readonly processor: number;
  /** Milliseconds that guards of compiled steps have taken so far; ours alone. */
  readonly guards?: GuardDurations;
}

/** What the contestant of TensorFlow.js trains: a network step by step, or one by `model.fit`. */
export type Way = 'step' | 'fit';
