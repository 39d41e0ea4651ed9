import type { FinishedEvent, RunEvent, RunEventBody } from '../protocol/events';
import type { Journal } from '../runs/journal';
import { ProgressThrottle } from './progressThrottle';
import { reserveDisk } from './reserve';
import { logError } from './runLog';

/** Stamps the events of a run and appends them; says the last word once, also on a full disk. */
export class RunWriter {
  private readonly started = Date.now();
  private readonly throttle = new ProgressThrottle();
  private readonly giveBackReserve: () => void;
  private finished: FinishedEvent['state'] | undefined;

  constructor(
    folder: string,
    private readonly journal: Journal,
  ) {
    this.giveBackReserve = reserveDisk(folder);
  }

  /** Appends an event, unless it is one progress too many. Throws a `UserError` on a full disk. */
  append(body: RunEventBody): void {
    const event: RunEvent = { time: Date.now(), ...body };
    if (event.type !== 'progress' || this.throttle.admits(event)) this.journal.append(event);
  }

  /** Appends `finished` and closes the journal. Later calls change nothing. Returns the state. */
  finish(
    state: FinishedEvent['state'],
    closing: Pick<FinishedEvent, 'summary' | 'error'>,
  ): FinishedEvent['state'] {
    if (this.finished) return this.finished;
    this.finished = state;
    this.giveBackReserve();
    const time = Date.now();
    try {
      if (this.throttle.pending) this.journal.append(this.throttle.pending);
      this.journal.append({
        time,
        type: 'finished',
        state,
        seconds: (time - this.started) / 1000,
        ...closing,
      });
      this.journal.close();
    } catch (error) {
      logError(error);
    }
    return state;
  }
}
