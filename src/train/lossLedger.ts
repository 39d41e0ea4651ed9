import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';

export interface StepLoss {
  readonly step: number;
  readonly loss: number;
  /** Those of the tasks, where there are several. */
  readonly byTask: readonly number[];
}

/**
 * Losses of steps whose values have not been fetched yet. Fetching waits for the device, so that doing
 * it every step would stall a GPU; here many steps share one transfer.
 */
export class LossLedger {
  private steps: number[] = [];
  private losses: Tensor[] = [];

  constructor(private readonly tf: TensorFlow) {}

  get size(): number {
    return this.losses.length;
  }

  /**
   * Takes over the tensor and disposes it later.
   * @param loss one number, or that of the whole and those of the tasks; every step has as many
   */
  add(step: number, loss: Tensor): void {
    this.steps.push(step);
    this.losses.push(loss);
  }

  /** Fetches everything that was added since the last time, in order. */
  async settle(): Promise<readonly StepLoss[]> {
    if (this.losses.length === 0) return [];
    const { steps, losses } = this;
    this.steps = [];
    this.losses = [];
    const stacked = this.tf.stack(losses);
    try {
      const values = await stacked.data();
      const width = values.length / steps.length;
      return steps.map((step, i) => {
        const [loss, ...byTask] = values.subarray(i * width, (i + 1) * width);
        return { step, loss: loss!, byTask };
      });
    } finally {
      this.tf.dispose([stacked, ...losses]);
    }
  }

  dispose(): void {
    this.tf.dispose(this.losses);
    this.losses = [];
    this.steps = [];
  }
}
