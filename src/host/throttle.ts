/**
 * Calls `act` soon after each request, at most once an interval: the first request at once, those that
 * come too early together when the interval is over.
 */
export class Throttle {
  private timer: NodeJS.Timeout | undefined;
  private lastCall = -Infinity;

  /** @param interval milliseconds between two calls */
  constructor(
    private readonly interval: number,
    private readonly act: () => void,
  ) {}

  request(): void {
    if (this.timer !== undefined) return;
    const wait = this.lastCall + this.interval - performance.now();
    if (wait <= 0) this.call();
    else this.timer = setTimeout(() => this.call(), wait);
  }

  /** Drops a request that waits. */
  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private call(): void {
    this.dispose();
    this.lastCall = performance.now();
    this.act();
  }
}
