import type { Measured } from './bench';

/** Median, least and largest of some figures. */
export function summarize(figures: readonly number[]): Measured {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** A figure that was published as one number, or as a range. */
export function published(low: number, high = low): Measured {
  return { median: (low + high) / 2, min: low, max: high };
}

/** Seconds that `work` takes, `times` times after once to warm up. */
export function timeRepeatedly(times: number, work: () => void): Measured {
  work();
  return summarize(
    Array.from({ length: times }, () => {
      const start = performance.now();
      work();
      return (performance.now() - start) / 1000;
    }),
  );
}

export function scaled({ median, min, max }: Measured, factor: number): Measured {
  return { median: median * factor, min: min * factor, max: max * factor };
}
