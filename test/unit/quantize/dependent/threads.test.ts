import { afterEach, expect, it } from 'vitest';
import { dependent } from '../../../../src/quantize/dependent/dependent';
import type { KernelPool } from '../../../../src/quantize/kernels/pool';
import { threadPool } from '../../../../src/quantize/kernels/threadPool';
import { quantizeOptions } from '../methodContract';
import { normalSample } from '../samples';

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

function liveThreads(): number {
  return (process.report.getReport() as unknown as { readonly workers: readonly unknown[] }).workers.length;
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
  const before = liveThreads();
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
  await pool.dispose();
  expect(liveThreads()).toBe(before);
});
