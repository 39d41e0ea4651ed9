/** What is known about a run from outside: from its folder alone. */
import type { RunEvent } from './events';
import type { JobKind, JobSpec } from './jobSpec';
import type { ErrorReport } from './userError';

/**
 * `queued`: created, no process has taken it yet. `lost`: its process ran on another machine and has
 * given no sign of life for a while.
 */
export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'cancelled', 'lost'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** True where nothing more will be appended. */
export function isOver(state: RunState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled' || state === 'lost';
}

/** One row of the list of runs; the JSON of `weightroom runs`. */
export interface RunSummary {
  /** Name of the folder: `2026-11-22T10-31-07-kashin-greedy-8f3a`. */
  readonly id: string;
  readonly job: JobKind;
  readonly name: string;
  readonly state: RunState;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** From start to end, or to now. */
  readonly seconds: number;
  /** Latest value of each metric. */
  readonly last: Readonly<Record<string, number>>;
  /** Absolute path. */
  readonly folder: string;
  /** Latest progress: a fraction from 0 to 1 and what is being done; absent before the first. */
  readonly progress?: { readonly fraction: number; readonly what: string };
  /** Name of the run of the sweep that made this one. */
  readonly sweep?: string;
  /** Of a failed run. */
  readonly error?: ErrorReport;
  /** Last lines of the log, of a run whose process was killed. */
  readonly logTail?: readonly string[];
}

/** A run read whole. */
export interface RunRecord {
  readonly summary: RunSummary;
  readonly spec: JobSpec;
  readonly environment: RunEnvironment | undefined;
  readonly events: readonly RunEvent[];
}

/** `environment.json`: where and with what the run was executed. */
export interface RunEnvironment {
  readonly host: string;
  readonly platform: string;
  readonly node: string;
  readonly weightroom: string;
  /** Absent for jobs that need no engine. */
  readonly engine?: { readonly id: string; readonly device: string; readonly version: string };
}
