/**
 * Lloyd's algorithm in one dimension on sorted values: moves `centroids` (ascending) to a local minimum of
 * the mean squared distance from `values` to the nearest centroid, in place, in at most `maxRounds` rounds. A
 * round costs a binary search a centroid, for sums of stretches are differences of running sums. A cell that
 * holds no value keeps its centroid.
 */
export function lloydSorted(values: Float32Array, centroids: Float64Array, maxRounds: number): void {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  for (let round = 0; round < maxRounds; round++) {
    let moved = false;
    let begin = 0;
    for (let c = 0; c < centroids.length; c++) {
      const next = centroids[c + 1];
      const end = next === undefined ? values.length : lowerBound(values, (centroids[c]! + next) / 2);
      if (end > begin) {
        const mean = (sums[end]! - sums[begin]!) / (end - begin);
        if (mean !== centroids[c]) moved = true;
        centroids[c] = mean;
        begin = end;
      }
    }
    if (!moved) return;
  }
}

/** Number of sorted values below a threshold. */
function lowerBound(values: Float32Array, threshold: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
