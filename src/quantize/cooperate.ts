import { setImmediate } from 'node:timers/promises';

/** How long a computation may keep the event loop, in milliseconds. */
const SLICE = 50;

/**
 * Returns a function to await between the pieces of a long computation: it throws `signal.reason` once
 * the signal is aborted, and every 50 ms lets the event loop run, so that the abort can arrive.
 */
export function cooperate(signal: AbortSignal | undefined): () => Promise<void> {
  let sliceEnd = performance.now() + SLICE;
  return async () => {
    if (performance.now() >= sliceEnd) {
      await setImmediate();
      sliceEnd = performance.now() + SLICE;
    }
    signal?.throwIfAborted();
  };
}
