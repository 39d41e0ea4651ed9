import { Random } from '../../math/random';
import { streamSeed } from '../randomness';
import type { AugmentOptions } from './augment';
import type { BatchContents } from './rows';

/** What batches depend on, beside the data. */
export interface BatchSettings {
  readonly seed: number;
  readonly batchSize: number;
  readonly augment?: AugmentOptions | undefined;
}

/** The batches of a training: what is in one depends on settings and step alone. */
export class BatchOrder {
  private order: { readonly epoch: number; readonly examples: Uint32Array } | undefined;

  /** @param size examples of an epoch */
  constructor(
    private readonly size: number,
    private readonly settings: BatchSettings,
  ) {}

  /** How many examples the step takes. */
  sizeOf(step: number): number {
    const { size } = this;
    const { batchSize } = this.settings;
    const start = (step % Math.ceil(size / batchSize)) * batchSize;
    return Math.min(batchSize, size - start);
  }

  /** What the step takes, counted from 0 at the start of the first epoch; the last of an epoch may be smaller. */
  contentsOf(step: number): BatchContents {
    const { size } = this;
    const { seed, batchSize, augment } = this.settings;
    const stepsPerEpoch = Math.ceil(size / batchSize);
    const epoch = Math.floor(step / stepsPerEpoch);
    if (this.order?.epoch !== epoch) this.order = { epoch, examples: epochOrder(size, seed, epoch) };
    const start = (step % stepsPerEpoch) * batchSize;
    const examples = this.order.examples.subarray(start, start + batchSize);
    if (augment === undefined) return { examples };
    return { examples, augmentation: { ...augment, random: new Random(streamSeed(seed, 'augment', step)) } };
  }
}

/** The order in which an epoch visits the training examples; it depends on seed and epoch alone. */
export function epochOrder(size: number, seed: number, epoch: number): Uint32Array {
  return new Random(streamSeed(seed, 'shuffle', epoch)).permutation(size);
}
