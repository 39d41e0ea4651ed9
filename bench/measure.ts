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

/**
 * Seconds of processor time that `work`, on one thread, takes; measured `times` times after once to warm up.
 * On an idle machine this is the time on the clock; what else a busy one does is not counted.
 */
export function timeProcessor(times: number, work: () => void): Measured {
  work();
  return summarize(
    Array.from({ length: times }, () => {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    }),
  );
}

export function scaled({ median, min, max }: Measured, factor: number): Measured {
  return { median: median * factor, min: min * factor, max: max * factor };
}
