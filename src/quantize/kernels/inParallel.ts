import { cooperate } from '../cooperate';
import type { KernelPool } from './pool';

/** So many calls for each thread are under way: one that runs, and one whose input is ready when it ends. */
const CALLS_A_THREAD = 2;

export interface ParallelOptions {
  readonly pool: KernelPool;
  /** Checked before each call; `signal.reason` is thrown once it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each piece, in any order, with how many are done. */
  readonly onDone?: ((done: number) => void) | undefined;
}

/**
 * Calls `work` with 0, 1, … `count` − 1, each call to run a task on the pool, and resolves with the results
 * in that order. Calls start in order, and only a few more than the pool has threads are under way: memory
 * is that of the results and of these few. After an error or an abort no call is made any more, and the
 * promise rejects when those under way have settled.
 */
export async function inParallel<T>(
  count: number,
  work: (index: number) => Promise<T>,
  { pool, signal, onDone }: ParallelOptions,
): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0;
  let done = 0;
  let failed = false;
  const lane = async () => {
    const pause = cooperate(signal);
    try {
      for (;;) {
        await pause();
        if (failed || next >= count) return;
        const index = next++;
        results[index] = await work(index);
        onDone?.(++done);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const lanes = Array.from({ length: Math.min(count, CALLS_A_THREAD * pool.threads) }, lane);
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return results;
}
