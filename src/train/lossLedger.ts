import type { Scalar, Tensor1D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';

export interface StepLoss {
  readonly step: number;
  readonly loss: number;
}

/**
 * Losses of steps whose values have not been fetched yet. Fetching waits for the device, so that doing
 * it every step would stall a GPU; here many steps share one transfer.
 */
export class LossLedger {
  private steps: number[] = [];
  private losses: Scalar[] = [];

  constructor(private readonly tf: TensorFlow) {}

  get size(): number {
    return this.losses.length;
  }

  /** Takes over the scalar and disposes it later. */
  add(step: number, loss: Scalar): void {
    this.steps.push(step);
    this.losses.push(loss);
  }

  /** Fetches everything that was added since the last time, in order. */
  async settle(): Promise<readonly StepLoss[]> {
    if (this.losses.length === 0) return [];
    const { steps, losses } = this;
    this.steps = [];
    this.losses = [];
    const stacked = this.tf.stack(losses) as Tensor1D;
    try {
      const values = await stacked.data();
      return steps.map((step, i) => ({ step, loss: values[i]! }));
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
