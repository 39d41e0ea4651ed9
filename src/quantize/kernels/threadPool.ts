import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { distFolder } from '../../engine/distFolder';
import type { KernelPool } from './pool';
import { reviveError, type TaskOutcome, type TaskRequest } from './taskMessages';
import { copyForThread } from './transfer';

/** A task that waits for a thread, or runs on one. */
interface Job {
  readonly request: TaskRequest;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A pool of worker threads. They start when they are first needed, and stand by until `dispose`.
 *
 * @param threads how many; all cores where absent
 * @param script a bundle that calls `serveTasks`; the product's own where absent
 */
export function threadPool(
  threads: number = availableParallelism(),
  script: string = path.join(distFolder(), 'kernelThread.js'),
): KernelPool {
  return new ThreadPool(threads, script);
}

class ThreadPool implements KernelPool {
  private readonly waiting: Job[] = [];
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Job>();
  private disposed = false;

  constructor(
    readonly threads: number,
    private readonly script: string,
  ) {}

  run(name: string, ...input: unknown[]): Promise<never> {
    return new Promise((resolve, reject) => {
      if (this.disposed) throw new Error(`The pool was disposed before ${name} ran`);
      this.waiting.push({ request: { name, input }, resolve: resolve as Job['resolve'], reject });
      this.assign();
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    const jobs = [...this.waiting.splice(0), ...this.busy.values()];
    const workers = [...this.idle.splice(0), ...this.busy.keys()];
    this.busy.clear();
    for (const { request, reject } of jobs) {
      reject(new Error(`The pool was disposed before ${request.name} was done`));
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  /** Gives waiting tasks to threads that have none. */
  private assign(): void {
    while (this.waiting.length > 0) {
      const worker = this.idle.pop() ?? this.start();
      if (worker === undefined) return;
      const job = this.waiting.shift()!;
      this.busy.set(worker, job);
      const { value, transfer } = copyForThread(job.request);
      worker.postMessage(value, transfer);
    }
  }

  private start(): Worker | undefined {
    if (this.busy.size >= this.threads) return undefined;
    const worker = new Worker(this.script, { execArgv: [] });
    worker.on('message', (outcome: TaskOutcome) => {
      const job = this.release(worker);
      if (!this.disposed) this.idle.push(worker);
      if ('error' in outcome) job?.reject(reviveError(outcome.error));
      else job?.resolve(outcome.result);
      this.assign();
    });
    // A thread that dies, out of memory for example, takes its task with it.
    worker.on('error', (error) => this.release(worker)?.reject(error));
    worker.on('exit', (code) => {
      this.release(worker)?.reject(new Error(`A thread ended with ${code} before its task did`));
      this.assign();
    });
    return worker;
  }

  private release(worker: Worker): Job | undefined {
    const job = this.busy.get(worker);
    this.busy.delete(worker);
    return job;
  }
}
