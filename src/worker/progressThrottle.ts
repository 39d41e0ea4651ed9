import type { ProgressEvent, RunEvent } from '../protocol/events';

/** Progress is written at most ten times a second, so that journals stay small. */
const INTERVAL = 100;

/** Lets at most ten progress events a second through; the latest that was held back is `pending`. */
export class ProgressThrottle {
  private latest = -Infinity;
  private held: (ProgressEvent & RunEvent) | undefined;

  /** True where the event is to be written now. */
  admits(event: ProgressEvent & RunEvent): boolean {
    const due = event.time - this.latest >= INTERVAL || event.time < this.latest;
    this.held = due ? undefined : event;
    if (due) this.latest = event.time;
    return due;
  }

  /** The last progress, where it was held back. */
  get pending(): RunEvent | undefined {
    return this.held;
  }
}
