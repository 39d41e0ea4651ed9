/** Counts in bins of one width, the first from `start` on. */
export interface Bins {
  readonly start: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** The value below which a share of what is counted lies, taken as even within a bin; NaN where nothing is counted. */
export function histogramQuantile({ start, width, counts }: Bins, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let left = share * total;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && left <= count) return start + (bin + left / count) * width;
    left -= count;
  }
  return NaN;
}
