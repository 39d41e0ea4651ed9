/** Part of the time of compiled steps that audits may take. */
const SHARE = 0.01;
/** Compiled steps of a signature before the first audit. */
const FIRST = 1;

/**
 * Says when a compiled step is to be run eagerly and compared with its program once more: soon after it was compiled,
 * and then as often as a hundredth of the time allows. What an audit takes is measured whole: snapshots, the step
 * itself, the comparison, and handing the variables to and fro.
 */
export class AuditClock {
  private steps = 0;
  private compiled = 0;
  private audited = 0;
  private latest = 0;
  audits = 0;

  /** Whether nothing has run since the program was compiled. */
  get isNew(): boolean {
    return this.steps === 0;
  }

  /** Whether the next step is an audit, which will take as long as the latest one. */
  get isDue(): boolean {
    if (this.audits === 0) return this.steps >= FIRST;
    return this.audited + this.latest <= SHARE * this.compiled;
  }

  /** A compiled step took so many milliseconds. */
  addStep(duration: number): void {
    this.steps++;
    this.compiled += duration;
  }

  /** Runs an audit. */
  during<T>(audit: () => T): T {
    const start = performance.now();
    try {
      return audit();
    } finally {
      this.audits++;
      this.latest = performance.now() - start;
      this.audited += this.latest;
    }
  }
}
