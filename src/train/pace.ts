import { setImmediate } from 'node:timers/promises';

/** Longest time, in milliseconds, that a loop keeps the process to itself. */
const LONGEST_TURN = 100;

/** Lets a long loop give way to the rest of the process often enough, and not more often than that. */
export class Pace {
  private turnBegan = performance.now();

  /** True where the loop has run for so long that it should give way. */
  isDue(): boolean {
    return performance.now() - this.turnBegan >= LONGEST_TURN;
  }

  /** Lets waiting signals, timers and writes of the process happen. */
  async giveWay(): Promise<void> {
    await setImmediate();
    this.turnBegan = performance.now();
  }
}
