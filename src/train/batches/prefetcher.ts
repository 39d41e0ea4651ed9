import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { elements, type Split } from '../../data/dataSet';
import { isShared } from '../../data/sharedMemory';
import { distFolder } from '../../engine/distFolder';
import type { AssembledBatch, AssemblyTask } from './assemblyTask';
import type { BatchSettings } from './order';
import type { Rows } from './rows';

/** Numbers of a batch from which on a thread is worth its while: below, a batch is assembled in some microseconds. */
const LEAST_NUMBERS = 2 ** 15;

/**
 * A thread that assembles the batch of the next step while the engine computes this one. Nobody ever waits for it:
 * a batch that is not ready is the loop's own to assemble, and has the same bits.
 */
export class Prefetcher {
  private readonly wanted = new Int32Array(new SharedArrayBuffer(4));
  private readonly port: MessagePort;
  private readonly worker: Worker;

  /**
   * Starts with the batch of a step.
   * @returns `undefined` where batches are small, or the data do not lie in shared memory
   */
  static of(split: Split, settings: BatchSettings, step: number): Prefetcher | undefined {
    const numbers = settings.batchSize * elements(split.x.shape);
    return numbers >= LEAST_NUMBERS && isShared(split) ? new Prefetcher(split, settings, step) : undefined;
  }

  private constructor(split: Split, settings: BatchSettings, step: number) {
    const { wanted } = this;
    wanted[0] = step;
    const { port1, port2 } = new MessageChannel();
    const workerData: AssemblyTask = { split, settings, wanted, port: port2 };
    const script = path.join(distFolder(), 'batchThread.js');
    this.port = port1;
    this.worker = new Worker(script, { workerData, transferList: [port2], execArgv: [] });
    // What goes wrong in the thread goes wrong in the loop too, which then assembles the batch and says so.
    this.worker.on('error', () => undefined);
    this.worker.unref();
  }

  /** Has the thread assemble the batch of a step. */
  want(step: number): void {
    Atomics.store(this.wanted, 0, step);
    Atomics.notify(this.wanted, 0);
  }

  /** The rows of a step that was wanted, which are the caller's then; `undefined` where they are not ready. */
  take(step: number): readonly Rows[] | undefined {
    for (;;) {
      // The loop that trains keeps its thread to itself for many steps, so it asks instead of listening.
      const received = receiveMessageOnPort(this.port) as { readonly message: AssembledBatch } | undefined;
      if (received === undefined) return undefined;
      if (received.message.step === step) return received.message.rows;
    }
  }

  dispose(): void {
    this.port.close();
    void this.worker.terminate();
  }
}
