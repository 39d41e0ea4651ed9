import type { Report } from '../contestant/protocol';

/** What a run reports of a stretch of its steps. */
export interface StretchReport extends Report {
  /** Milliseconds in which TensorFlow worked. */
  readonly engine: number;
}
