import type * as workerThreads from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../../src/protocol/userError';
import { inParallel } from '../../../../src/quantize/kernels/inParallel';
import type { KernelPool } from '../../../../src/quantize/kernels/pool';
import { threadPool } from '../../../../src/quantize/kernels/threadPool';
import { bundle, type Bundle } from '../../worker/bundle';

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

/** A pool whose threads run the tasks of `thread.ts`. */
interface TestPool extends Omit<KernelPool, 'run'> {
  run(name: string, ...input: unknown[]): Promise<unknown>;
}

let script: Bundle;
const pools: TestPool[] = [];

beforeAll(async () => {
  script = await bundle('../quantize/kernels/thread.ts');
});

afterAll(() => script.remove());

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.dispose()));
});

function testPool(threads: number): TestPool {
  const pool = threadPool(threads, script.file) as unknown as TestPool;
  pools.push(pool);
  return pool;
}

describe('a pool of threads', () => {
  it('copies the elements of its inputs alone, and leaves them usable', async () => {
    const pool = testPool(1);
    const large = new Float32Array(1000).fill(2);
    const values = large.subarray(4, 7);
    const first = await pool.run('add', large.subarray(0, 3), { values });
    expect(first).toEqual({ sum: Float32Array.of(4, 4, 4), bytes: [12, 12] });
    expect(large.length).toBe(1000);
    expect(await pool.run('add', large.subarray(0, 3), { values })).toEqual(first);
  });

  it('gives back views of larger memory as arrays of their own', async () => {
    const view = (await testPool(1).run('view')) as Float32Array;
    expect(view).toEqual(Float32Array.of(7, 7));
    expect(view.buffer.byteLength).toBe(8);
  });

  it('runs tasks on all its threads at once, and starts no more than it needs', async () => {
    const pool = testPool(3);
    await pool.run('thread', 0);
    await pool.run('thread', 0);
    expect(threads.live).toBe(1);
    const ids = await Promise.all(Array.from({ length: 12 }, () => pool.run('thread', 50)));
    expect(new Set(ids).size).toBe(3);
    expect(threads.live).toBe(3);
  });

  it('throws a UserError as such, and a fault with the stack of its thread; then it goes on', async () => {
    const pool = testPool(1);
    const refusal = await pool.run('refuse', 'This').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UserError);
    expect(refusal).toMatchObject({
      code: 'refused',
      message: 'This is refused.',
      remedy: 'Choose another.',
    });
    const fault = await pool.run('fault').catch((error: unknown) => error as Error);
    expect(fault).not.toBeInstanceOf(UserError);
    expect((fault as Error).message).toBe('a fault');
    expect((fault as Error).stack).toContain(script.file);
    expect(await pool.run('thread', 0)).toBeGreaterThan(0);
  });

  it('loses the task of a thread that dies, and runs the others on a new one', async () => {
    const pool = testPool(1);
    const died = pool.run('die');
    const other = pool.run('thread', 0);
    await expect(died).rejects.toThrow('ended');
    expect(await other).toBeGreaterThan(0);
  });

  it('leaves no thread and no open promise when it is disposed', async () => {
    const pool = testPool(2);
    const runs = Array.from({ length: 5 }, () => pool.run('thread', 10_000));
    const outcomes = Promise.allSettled(runs);
    await pool.dispose();
    expect(threads.live).toBe(0);
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    await expect(pool.run('thread', 0)).rejects.toThrow('disposed');
  });
});

describe('inParallel', () => {
  it('gives results in order, and has few calls under way', async () => {
    const pool = testPool(2);
    let underWay = 0;
    let most = 0;
    const progress: number[] = [];
    const results = await inParallel(
      20,
      async (i) => {
        most = Math.max(most, ++underWay);
        await pool.run('thread', (i * 7) % 5);
        underWay--;
        return i * i;
      },
      { pool: pool as unknown as KernelPool, onDone: (done) => progress.push(done) },
    );
    expect(results).toEqual(Array.from({ length: 20 }, (_, i) => i * i));
    expect(progress).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(most).toBe(4);
  });

  it('makes no more calls after an abort or an error, and waits for those under way', async () => {
    const pool = testPool(1);
    const controller = new AbortController();
    const reason = new Error('enough');
    for (const { stop, expected } of [
      { stop: () => controller.abort(reason), expected: reason },
      {
        stop: () => {
          throw new Error('a fault');
        },
        expected: 'a fault',
      },
    ]) {
      let calls = 0;
      let underWay = 0;
      const work = async (i: number) => {
        calls++;
        underWay++;
        await pool.run('thread', 5);
        underWay--;
        if (i === 3) stop();
      };
      const { signal } = expected === reason ? controller : new AbortController();
      await expect(inParallel(100, work, { pool: pool as unknown as KernelPool, signal })).rejects.toThrow(
        expected,
      );
      expect(calls).toBeLessThan(8);
      expect(underWay).toBe(0);
    }
  });
});
