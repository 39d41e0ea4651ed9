import { UserError } from '../protocol/userError';

/** What a command throws when it was stopped from outside. */
export function cancelledError(): UserError {
  return new UserError('cancelled', 'The command was cancelled.', 'Start it again when you like.');
}

/**
 * Ctrl-C and its like. The first one aborts `clean`; the second aborts `atOnce`. A request to end
 * (SIGTERM, a closed terminal) is like the first Ctrl-C.
 */
export class Interruption {
  private readonly first = new AbortController();
  private readonly second = new AbortController();

  constructor() {
    process.on('SIGINT', () => (this.clean.aborted ? this.second : this.first).abort(cancelledError()));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => this.first.abort(cancelledError()));
    }
  }

  get clean(): AbortSignal {
    return this.first.signal;
  }

  get atOnce(): AbortSignal {
    return this.second.signal;
  }

  /** The result of `work`, unless `signal` (the first Ctrl-C where absent) is aborted before it is there. */
  async race<T>(work: Promise<T>, signal: AbortSignal = this.clean): Promise<T> {
    signal.throwIfAborted();
    let abandon: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      abandon = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abandon, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      if (abandon) signal.removeEventListener('abort', abandon);
    }
  }
}
