import type { InstrumentCost } from '../../../src/protocol/instruments';
import type { Report } from '../contestant/protocol';

/** What a run reports of a stretch of its steps. */
export interface StretchReport extends Report {
  /** Milliseconds in which TensorFlow worked. */
  readonly engine: number;
  /** What instruments have cost so far, where the run told it in this stretch. */
  readonly costs?: readonly InstrumentCost[];
}
