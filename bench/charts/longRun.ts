import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '../../src/math/random';
import { encodeEvent, type RunEvent } from '../../src/protocol/events';
import type { TrainSpec } from '../../src/protocol/jobSpec';
import { createRun } from '../../src/runs/create';
import { runFiles } from '../../src/runs/layout';

/** Lines of the journal that are written at once. */
const PIECE = 10_000;

/** A finished training with a loss at each of so many steps. */
export interface LongRun {
  readonly folder: string;
  readonly spec: TrainSpec;
}

/** Writes the run into a workspace: a spec and a journal, as a worker leaves them. */
export async function writeLongRun(workspace: string, points: number): Promise<LongRun> {
  const experiment = path.join(workspace, 'experiment.ts');
  await writeFile(experiment, 'export default {};\n');
  const spec: TrainSpec = { job: 'train', experiment, engine: 'cpu', overrides: {} };
  const folder = await createRun(workspace, spec);
  const journal = await open(runFiles(folder).journal, 'w');
  const write = (events: readonly RunEvent[]) =>
    journal.write(events.map((event) => `${encodeEvent(event)}\n`).join(''));
  try {
    await write([{ time: 0, type: 'started', name: 'A long run' }]);
    const random = new Random(1);
    for (let start = 0; start < points; start += PIECE) {
      const length = Math.min(PIECE, points - start);
      await write(
        Array.from({ length }, (_, k): RunEvent => {
          const step = start + k;
          const trainLoss = (2 * Math.exp(-step / 2e5) + 0.2) * (0.8 + 0.4 * random.uniform());
          return { time: 20 * step, type: 'metrics', step, epoch: step / 469, values: { trainLoss } };
        }),
      );
    }
    await write([{ time: 20 * points, type: 'finished', state: 'done', seconds: points / 50 }]);
  } finally {
    await journal.close();
  }
  return { folder, spec };
}
