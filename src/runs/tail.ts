import { existsSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RunEvent } from '../protocol/events';
import { isOver, type RunEnvironment, type RunSummary } from '../protocol/run';
import { UserError } from '../protocol/userError';
import { readEnvironment } from './environmentFile';
import { systemCode } from './fileError';
import { RunFollower } from './follower';

export interface RunListener {
  /** New events, in order; the first call brings those that the journal holds already. */
  onEvents(events: readonly RunEvent[]): void;
  /** The state changed, or a latest value, or the progress. */
  onSummary?(summary: RunSummary): void;
  /** The environment became known, or the engine in it. */
  onEnvironment?(environment: RunEnvironment): void;
  /** The folder is gone, or was never a run; nothing follows. */
  onGone?(): void;
}

export interface RunTail {
  dispose(): void;
}

/** File systems over a network tell of no changes, so the folder is looked at as well, milliseconds. */
const POLL = 250;
/** A run that ended can still be taken up again (queued by a scheduler) or removed. */
const POLL_OVER = 2000;

/**
 * Follows a run from its first event on, until it is disposed. Listeners are never called before
 * `tailRun` returns, nor after `dispose`.
 */
export function tailRun(folder: string, listener: RunListener): RunTail {
  const follower = new RunFollower(path.resolve(folder));
  let disposed = false;
  let reading = false;
  let again = false;
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  let summary: RunSummary | undefined;
  let environment: RunEnvironment | undefined;

  const dispose = (): void => {
    disposed = true;
    clearTimeout(timer);
    watcher?.close();
  };

  const look = async (): Promise<void> => {
    const next = await follower.update((events) => {
      if (!disposed) listener.onEvents(events);
    });
    const found = await readEnvironment(follower.folder);
    // A folder that vanished meanwhile looks like a run that nobody took.
    if (disposed || !existsSync(follower.folder)) return;
    if (found && !isDeepStrictEqual(found, environment)) listener.onEnvironment?.((environment = found));
    if (!summary || differs(summary, next)) listener.onSummary?.(next);
    summary = next;
  };

  const lookOnce = async (): Promise<void> => {
    let isRun = true;
    try {
      await look();
    } catch (error) {
      if (!(error instanceof UserError) && systemCode(error) === '') throw error;
      // What was a run once is still one: a network file system may hiccup.
      isRun = summary !== undefined;
    }
    if (disposed || (isRun && existsSync(follower.folder))) return;
    dispose();
    listener.onGone?.();
  };

  const wake = (): void => {
    if (disposed) return;
    again = reading;
    if (reading) return;
    reading = true;
    clearTimeout(timer);
    void lookOnce().finally(() => {
      reading = false;
      if (disposed) return;
      watcher ??= watchFolder(follower.folder, wake);
      timer = setTimeout(wake, again ? 0 : summary && isOver(summary.state) ? POLL_OVER : POLL);
    });
  };

  timer = setTimeout(wake, 0);
  return { dispose };
}

function differs(a: RunSummary, b: RunSummary): boolean {
  return !isDeepStrictEqual({ ...a, seconds: 0 }, { ...b, seconds: 0 });
}

function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // Too many watchers, or a file system without them: polling does it alone.
    return undefined;
  }
}
