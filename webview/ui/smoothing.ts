import { GrowingColumn } from './growingColumn';

/**
 * Exponential moving average with the bias of its start removed, as Adam does for its moments:
 * mₖ = w·mₖ₋₁ + (1 − w)·yₖ, divided by 1 − wᵏ. A sample that is not finite stays where it is and does
 * not enter the mean. It grows with its samples: what is added costs its own length.
 */
export class MovingAverage {
  readonly #smooth = new GrowingColumn();
  #mean = 0;
  #remaining = 1;

  /** @param weight from 0 (no smoothing) to below 1 */
  constructor(readonly weight: number) {}

  /** The average of each sample so far. */
  get values(): Float64Array {
    return this.#smooth.values;
  }

  /** Takes in what `values` has gained since the last call; what it held before is unchanged. */
  update(values: Float64Array): void {
    const start = this.#smooth.length;
    const added = this.#smooth.extend(values.length - start);
    const { weight } = this;
    let mean = this.#mean;
    let remaining = this.#remaining;
    for (let i = 0; i < added.length; i++) {
      const value = values[start + i]!;
      if (!Number.isFinite(value)) {
        added[i] = value;
        continue;
      }
      mean = weight * mean + (1 - weight) * value;
      remaining *= weight;
      added[i] = mean / (1 - remaining);
    }
    this.#mean = mean;
    this.#remaining = remaining;
  }
}
