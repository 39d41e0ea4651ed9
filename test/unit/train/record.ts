import { loadDataSet } from '../../../src/data/source';
import type { RunEventBody } from '../../../src/protocol/events';
import { train, type TrainingRequest, type TrainingResult } from '../../../src/train/loop';
import { temporaryFolder } from '../modelfile/temporaryFolder';

export interface Recording {
  readonly events: readonly RunEventBody[];
  readonly result: TrainingResult;
  readonly outputs: string;
}

type Request = Omit<TrainingRequest, 'data' | 'outputs' | 'signal'> & {
  /** Called after every event; aborts the run when it returns true. */
  readonly until?: (event: RunEventBody) => boolean;
};

/** Runs a training to its end, in a temporary folder of its own. */
export async function record({ until, ...request }: Request): Promise<Recording> {
  const outputs = await temporaryFolder();
  const controller = new AbortController();
  const data = await loadDataSet(request.experiment.data, outputs);
  const events: RunEventBody[] = [];
  const generator = train({ ...request, data, outputs, signal: controller.signal });
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return { events, result: next.value, outputs };
    events.push(next.value);
    if (until?.(next.value) === true) controller.abort();
  }
}

/** The metrics of a run in the order of the journal: `[step, values]`. */
export function metricsOf(events: readonly RunEventBody[]): [number, Readonly<Record<string, number>>][] {
  return events.flatMap((event) => (event.type === 'metrics' ? [[event.step, event.values]] : []));
}
