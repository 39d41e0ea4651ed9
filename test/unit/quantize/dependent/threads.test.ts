import type * as workerThreads from 'node:worker_threads';
import { afterEach, expect, it, vi } from 'vitest';
import { dependent } from '../../../../src/quantize/dependent/dependent';
import type { KernelPool } from '../../../../src/quantize/kernels/pool';
import { threadPool } from '../../../../src/quantize/kernels/threadPool';
import { quantizeOptions } from '../methodContract';
import { normalSample } from '../samples';

const threads = vi.hoisted(() => ({ live: 0 }));

vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof workerThreads>();
  class CountedWorker extends original.Worker {
    constructor(...parameters: ConstructorParameters<typeof original.Worker>) {
      super(...parameters);
      threads.live++;
      this.on('exit', () => threads.live--);
    }
  }
  return { ...original, Worker: CountedWorker };
});

const pools: KernelPool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.dispose()));
});

/** Threads of the product's own bundle in `dist/`. */
function productPool(threads: number): KernelPool {
  const pool = threadPool(threads);
  pools.push(pool);
  return pool;
}

it('gives the same file on threads as without, however many there are', async () => {
  const x = normalSample(300 * 1000, 1);
  const options = quantizeOptions({ bits: 2.5, groupSize: 128 });
  const inline = await dependent.quantize(x, [300, 1000], options);
  for (const threads of [1, 3]) {
    expect(await dependent.quantize(x, [300, 1000], { ...options, pool: productPool(threads) })).toEqual(
      inline,
    );
  }
});

it('stops in the middle when it is told to, and leaves no thread once the pool is disposed', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const pool = productPool(2);
  const options = quantizeOptions({
    bits: 3,
    groupSize: 128,
    preset: 'thorough',
    pool,
    signal: controller.signal,
  });
  const x = normalSample(2 ** 20, 2);
  let reports = 0;
  const onProgress = () => {
    if (++reports === 2) controller.abort(reason);
  };
  const run = dependent.quantize(x, [256, 4096], { ...options, onProgress }, { step: 0.25 });
  await expect(run).rejects.toBe(reason);
  expect(reports).toBeLessThan(10);
  expect(threads.live).toBe(2);
  await pool.dispose();
  expect(threads.live).toBe(0);
});
