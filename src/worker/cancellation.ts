import { isCancelled } from '../runs/state';

/** How soon the wish of somebody else is seen, milliseconds. */
const POLL = 100;
/** A job that has not stopped so long after it was told is not waited for any more, milliseconds. */
const PATIENCE = 5000;

/**
 * Aborts `controller` when somebody leaves a wish in the run folder, or this process is asked to end.
 * Where the job does not stop, and nobody kills the process, `onStuck` is called after five seconds.
 * Returns a function that ends the watch.
 */
export function watchCancellation(
  folder: string,
  controller: AbortController,
  onStuck: () => void,
): () => void {
  let patience: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    if (controller.signal.aborted) return;
    patience = setTimeout(onStuck, PATIENCE);
    controller.abort(new DOMException('The run was cancelled.', 'AbortError'));
  };
  const poll = (): void => {
    if (isCancelled(folder)) cancel();
  };
  poll();
  const timer = setInterval(poll, POLL);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, cancel);
  return () => {
    clearInterval(timer);
    clearTimeout(patience);
    for (const signal of signals) process.off(signal, cancel);
  };
}
