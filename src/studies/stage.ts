import type { RunEventBody } from '../protocol/events';

/** Events of a stage that takes the work of its whole from one share, 0 to 1, to another: progress is moved there. */
export async function* stage<Result>(
  events: AsyncGenerator<RunEventBody, Result>,
  from: number,
  to: number,
): AsyncGenerator<RunEventBody, Result> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    const event = next.value;
    if (event.type !== 'progress') yield event;
    else yield { ...event, done: from + ((to - from) * event.done) / event.total, total: 1 };
  }
}
