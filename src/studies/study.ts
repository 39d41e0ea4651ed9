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
  rows(context: StudyContext): readonly StudyRow[] | Promise<readonly StudyRow[]>;
}

export interface StudyContext {
  readonly quick: boolean;
  readonly seed: number;
  readonly pool: KernelPool;
  readonly signal: AbortSignal;
}
