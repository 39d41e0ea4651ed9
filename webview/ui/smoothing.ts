/**
 * Exponential moving average with the bias of its start removed, as Adam does for its moments:
 * mₖ = w·mₖ₋₁ + (1 − w)·yₖ, divided by 1 − wᵏ. A sample that is not finite stays where it is and does
 * not enter the mean.
 *
 * @param weight from 0 (no smoothing) to below 1
 */
export function exponentialMean(values: Float64Array, weight: number): Float64Array {
  const smooth = new Float64Array(values.length);
  let mean = 0;
  let remaining = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      smooth[i] = value;
      continue;
    }
    mean = weight * mean + (1 - weight) * value;
    remaining *= weight;
    smooth[i] = mean / (1 - remaining);
  }
  return smooth;
}
