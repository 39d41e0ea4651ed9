import type { LoadedEngine } from '../engine/engine';
import type { RunEventBody } from '../protocol/events';
import type { JobSpec } from '../protocol/jobSpec';

/** What the worker gives to a job. */
export interface JobContext {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** Absolute path of the folder for the files that the run makes; it exists. */
  readonly outputs: string;
  /** Aborted when the run is cancelled. A job stops at its next step and leaves nothing half-written. */
  readonly signal: AbortSignal;
  /** Loads the engine at the first call, and records it in `environment.json`. */
  engine(id: 'best' | LoadedEngine['id'], threads?: number): Promise<LoadedEngine>;
}

/**
 * A kind of job: an async generator of events. It returns the closing summary, and throws a
 * `UserError` for what a user can mend; the worker appends `finished` in every case.
 */
export interface Job<S extends JobSpec, Summary> {
  readonly kind: S['job'];
  /** Human name of a run of this spec. */
  name(spec: S): string;
  /**
   * Whether a summary means that the result is whole, also where the run was cancelled before: what was left out
   * came after the result. Else the summary of a cancelled run says how far it came.
   */
  readonly resultComesFirst?: true;
  run(spec: S, context: JobContext): AsyncGenerator<RunEventBody, Summary>;
}
