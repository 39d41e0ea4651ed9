/** Steps that are remembered. */
const MOST = 64;
/** The first runs of a session prepare its graph. */
const WARM_UP = 2;

/** Durations of the latest steps of a compiled program, without those in which the session warms up. */
export class StepTimes {
  private readonly latest: number[] = [];
  private count = 0;

  /** @param duration in milliseconds */
  add(duration: number): void {
    if (this.count++ >= WARM_UP) this.latest[this.count % MOST] = duration;
  }

  /** 0 where nothing is known. */
  get median(): number {
    const sorted = this.latest.filter((duration) => duration > 0).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }
}
