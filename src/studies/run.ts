import { setImmediate } from 'node:timers/promises';
import type { MessageEvent, ProgressEvent } from '../protocol/events';
import type { StudyRow } from '../protocol/study';
import { rowText } from './rows';
import type { Study, StudyContext } from './study';

/**
 * Runs a study part by part: yields progress in parts and each row as a message; returns all rows. Once the
 * signal is aborted, throws its reason at the next part.
 */
export async function* runStudy(
  study: Study,
  context: StudyContext,
): AsyncGenerator<ProgressEvent | MessageEvent, readonly StudyRow[]> {
  const parts = study.parts(context.quick);
  const rows: StudyRow[] = [];
  for (const [done, part] of parts.entries()) {
    yield { type: 'progress', done, total: parts.length, unit: 'parts', what: part.what };
    // Parts may compute for seconds without a pause: the event loop runs, and an abort arrives, between them.
    await setImmediate();
    context.signal.throwIfAborted();
    for (const row of await part.rows(context)) {
      rows.push(row);
      yield { type: 'message', level: row.verdict === 'worse' ? 'warning' : 'info', text: rowText(row) };
    }
  }
  return rows;
}
