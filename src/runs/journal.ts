import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeEvent, type RunEvent } from '../protocol/events';
import { writeError } from './fileError';
import { runFiles } from './layout';

/** The writing end of a run's journal. There is one, in the worker that took the run. */
export interface Journal {
  /** Appends one line in one write. Throws a `UserError` where the disk is full. */
  append(event: RunEvent): void;
  close(): void;
}

/** Opens the journal of a run for appending; throws a `UserError` where it cannot be written. */
export function openJournal(folder: string): Journal {
  const file = runFiles(folder).journal;
  const descriptor = attempt(file, () => openSync(file, 'a'));
  let torn = false;
  return {
    append(event) {
      // After a write that stopped half-way (a full disk) the next line starts a new one.
      const line = Buffer.from(`${torn ? '\n' : ''}${encodeEvent(event)}\n`);
      torn = true;
      attempt(file, () => {
        for (let sent = 0; sent < line.length;) sent += writeSync(descriptor, line, sent);
      });
      torn = false;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

function attempt<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw writeError(error, file);
  }
}
