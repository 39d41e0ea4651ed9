import type { Split } from '../../data/dataSet';
import type { TensorFlow } from '../../engine/engine';
import { batchOf, takeBatch, type Batch } from './batch';
import { BatchOrder, type BatchSettings } from './order';
import { Prefetcher } from './prefetcher';

/** The batches of a training, step after step; each is assembled while the engine computes the step before. */
export class BatchSource {
  private readonly order: BatchOrder;
  private prefetcher: Prefetcher | undefined;
  private hasBegun = false;

  constructor(
    private readonly tf: TensorFlow,
    private readonly split: Split,
    private readonly settings: BatchSettings,
  ) {
    this.order = new BatchOrder(split.size, settings);
  }

  /** The batch of a step, counted from 0; the caller disposes it. Nothing is prepared for after it. */
  peek(step: number): Batch {
    return takeBatch(this.tf, this.split, this.order.contentsOf(step));
  }

  /** As `peek`, where the batch of the step after it is the next to be taken. */
  next(step: number): Batch {
    const batch = this.prefetched(step) ?? this.peek(step);
    if (this.hasBegun) this.prefetcher?.want(step + 1);
    else this.prefetcher = Prefetcher.of(this.split, this.settings, step + 1);
    this.hasBegun = true;
    return batch;
  }

  dispose(): void {
    this.prefetcher?.dispose();
  }

  private prefetched(step: number): Batch | undefined {
    const { tf, split, order, prefetcher } = this;
    const rows = prefetcher?.take(step);
    return rows && batchOf(tf, split, order.sizeOf(step), rows);
  }
}
