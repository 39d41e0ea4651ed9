/** Part of the time of compiled steps that audits may take. */
const SHARE = 0.02;
/** Compiled steps of a signature before the first audit. */
const FIRST = 1;

/**
 * Says when a compiled step is to be run eagerly and compared with its program once more: soon after it was
 * compiled, and then as often as a fiftieth of the time allows.
 */
export class AuditClock {
  private steps = 0;
  private compiled = 0;
  private audited = 0;
  audits = 0;

  /** Whether nothing has run since the program was compiled. */
  get isNew(): boolean {
    return this.steps === 0;
  }

  /** @param expected milliseconds that an audit takes */
  isDue(expected: number): boolean {
    if (this.audits === 0) return this.steps >= FIRST;
    return this.audited + expected <= SHARE * this.compiled;
  }

  /** A compiled step took so many milliseconds. */
  addStep(duration: number): void {
    this.steps++;
    this.compiled += duration;
  }

  /** An audit took so many milliseconds more than a compiled step. */
  addAudit(duration: number): void {
    this.audits++;
    this.audited += duration;
  }
}
