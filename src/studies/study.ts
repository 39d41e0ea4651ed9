import type { LoadedEngine } from '../engine/engine';
import type { RunEventBody } from '../protocol/events';
import type { StudyId, StudyRow } from '../protocol/study';
import type { KernelPool } from '../quantize/kernels/pool';

/** A ready experiment that reproduces figures of one method. */
export interface Study {
  readonly id: StudyId;
  /** One line for people. */
  readonly title: string;
  /** The pieces of work, in the order of their rows; fewer and smaller ones where it is to be quick. */
  parts(quick: boolean): readonly StudyPart[];
}

export interface StudyPart {
  /** What is being done, for the progress. */
  readonly what: string;
  /** Its rows as they are found, and what happens meanwhile; progress counts within the part. */
  run(context: StudyContext): AsyncGenerator<RunEventBody>;
}

export interface StudyContext {
  readonly quick: boolean;
  readonly seed: number;
  readonly pool: KernelPool;
  readonly signal: AbortSignal;
  /** Absolute path of an existing folder for the files that the study makes. */
  readonly outputs: string;
  /** What trains and runs networks; loaded at the first call. */
  engine(): Promise<LoadedEngine>;
}

/** A part that computes all its rows at once. */
export function rowsPart(
  what: string,
  rows: (context: StudyContext) => readonly StudyRow[] | Promise<readonly StudyRow[]>,
): StudyPart {
  return {
    what,
    async *run(context) {
      for (const row of await rows(context)) yield { type: 'figure', row };
    },
  };
}
