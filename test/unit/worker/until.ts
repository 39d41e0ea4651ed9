import { tailRun } from '../../../src/runs/tail';
import { isOver, type RunSummary } from '../../../src/protocol/run';

/** Resolves with the first summary of a tail that fulfils `condition`. */
export function untilSummary(
  folder: string,
  condition: (summary: RunSummary) => boolean,
): Promise<RunSummary> {
  return new Promise((resolve, reject) => {
    const tail = tailRun(folder, {
      onEvents: () => undefined,
      onSummary: (summary) => {
        if (!condition(summary)) return;
        tail.dispose();
        resolve(summary);
      },
      onGone: () => reject(new Error(`${folder} is gone`)),
    });
  });
}

export function untilOver(folder: string): Promise<RunSummary> {
  return untilSummary(folder, ({ state }) => isOver(state));
}

/** Resolves when the run has measured something: the job is in the middle of its work. */
export function untilMeasured(folder: string): Promise<RunSummary> {
  return untilSummary(folder, ({ last }) => 'trainLoss' in last);
}
