/**
 * Lloyd's algorithm in one dimension: moves `centroids` (ascending) to a local minimum of the mean
 * squared distance from `values` to the nearest centroid, in place, in at most `maxRounds` rounds.
 * A cell that holds no value keeps its centroid.
 */
export function lloyd(values: Float32Array, centroids: Float64Array, maxRounds: number): void {
  const { length } = values;
  const cells = centroids.length;
  const thresholds = new Float64Array(cells);
  const sums = new Float64Array(cells);
  const counts = new Float64Array(cells);
  for (let round = 0; round < maxRounds; round++) {
    for (let c = 0; c + 1 < cells; c++) thresholds[c] = (centroids[c]! + centroids[c + 1]!) / 2;
    sums.fill(0);
    counts.fill(0);
    for (let i = 0; i < length; i++) {
      const value = values[i]!;
      let c = 0;
      while (c < cells - 1 && value >= thresholds[c]!) c++;
      sums[c] = sums[c]! + value;
      counts[c] = counts[c]! + 1;
    }
    let moved = false;
    for (let c = 0; c < cells; c++) {
      const mean = counts[c]! > 0 ? sums[c]! / counts[c]! : centroids[c]!;
      if (mean !== centroids[c]) moved = true;
      centroids[c] = mean;
    }
    if (!moved) return;
  }
}
