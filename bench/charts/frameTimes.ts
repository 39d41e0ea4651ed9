/** What a page has shown while it was watched. */
export interface FrameTimes {
  /** Milliseconds from each frame to the next. */
  readonly times: readonly number[];
  /** Durations of the tasks that the browser itself calls long: 50 ms and more. */
  readonly longTasks: readonly number[];
}

export interface FrameFigures {
  readonly median: number;
  /** Reached by one frame of a hundred. */
  readonly p99: number;
  readonly longest: number;
}

/** @throws RangeError where no frame was shown */
export function frameFigures(times: readonly number[]): FrameFigures {
  if (times.length === 0) throw new RangeError('No frame was shown.');
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
}
