import { setImmediate } from 'node:timers/promises';
import type { RunEventBody } from '../protocol/events';
import type { StudyRow } from '../protocol/study';
import type { Study, StudyContext } from './study';

/**
 * Runs a study part by part: yields progress in parts, and what each part yields; returns all rows. Once the
 * signal is aborted, throws its reason at the next event.
 */
export async function* runStudy(
  study: Study,
  context: StudyContext,
): AsyncGenerator<RunEventBody, readonly StudyRow[]> {
  const parts = study.parts(context.quick);
  const rows: StudyRow[] = [];
  for (const [done, part] of parts.entries()) {
    const progress = { type: 'progress', total: parts.length, unit: 'parts' } as const;
    yield { ...progress, done, what: part.what };
    // Parts may compute for seconds without a pause: the event loop runs, and an abort arrives, between them.
    await setImmediate();
    context.signal.throwIfAborted();
    for await (const event of part.run(context)) {
      if (event.type === 'figure') rows.push(event.row);
      if (event.type !== 'progress') yield event;
      else yield { ...progress, done: done + event.done / event.total, what: event.what };
      context.signal.throwIfAborted();
    }
  }
  return rows;
}
