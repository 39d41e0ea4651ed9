import { workerData } from 'node:worker_threads';
import type { AssembledBatch, AssemblyTask } from './assemblyTask';
import { BatchOrder } from './order';
import { assembleRows } from './rows';

const { split, settings, wanted, port } = workerData as AssemblyTask;
const order = new BatchOrder(split.size, settings);

for (;;) {
  const step = Atomics.load(wanted, 0);
  const batch: AssembledBatch = { step, rows: assembleRows(split, order.contentsOf(step)) };
  port.postMessage(
    batch,
    batch.rows.map(({ buffer }) => buffer as ArrayBuffer),
  );
  Atomics.wait(wanted, 0, step);
}
