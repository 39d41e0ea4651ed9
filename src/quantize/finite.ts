/** How many of the values are NaN or infinite. */
export function countNotFinite(values: Float32Array): number {
  const { length } = values;
  let count = 0;
  for (let i = 0; i < length; i++) {
    // x − x is zero for every finite number and NaN for all others.
    if (values[i]! - values[i]! !== 0) count++;
  }
  return count;
}

export function isFinite(values: Float32Array): boolean {
  return countNotFinite(values) === 0;
}
