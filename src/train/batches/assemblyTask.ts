import type { MessagePort } from 'node:worker_threads';
import type { Split } from '../../data/dataSet';
import type { BatchSettings } from './order';
import type { Rows } from './rows';

/** What the thread that assembles batches is started with. */
export interface AssemblyTask {
  /** In shared memory. */
  readonly split: Split;
  readonly settings: BatchSettings;
  /** The step whose batch is to be assembled, one number in shared memory: to change it is quicker than a message. */
  readonly wanted: Int32Array;
  /** Takes an `AssembledBatch` for what was wanted. */
  readonly port: MessagePort;
}

/** The rows of a step's batch, one array a column. They go from thread to thread without a copy. */
export interface AssembledBatch {
  readonly step: number;
  readonly rows: readonly Rows[];
}
