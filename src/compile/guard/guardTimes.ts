/** Milliseconds that guards took, beyond one recording and one run of the graph, which compiling needs without them. */
export interface GuardDurations {
  /** Recording the step once more, and comparing what was recorded, until it was compiled. */
  readonly recordings: number;
  /** Comparing what the session made of a recorded step. Repeating it there is the first run, which prepares the graph. */
  readonly shadowCheck: number;
  /** Recording and comparing steps of a compiled program, and handing variables to and fro for it. */
  readonly audits: number;
}

type Part = keyof GuardDurations | 'compiling';

/** Counts how long guards take. What happens inside one another counts once, for the innermost. */
export class GuardTimes {
  private readonly spent = { recordings: 0, compiling: 0, shadowCheck: 0, audits: 0 };
  /** Milliseconds of the part that runs now that belong to parts inside it. */
  private inside = 0;

  during<T>(part: Part, body: () => T): T {
    const outside = this.inside;
    this.inside = 0;
    const start = performance.now();
    try {
      return body();
    } finally {
      const whole = performance.now() - start;
      this.spent[part] += whole - this.inside;
      this.inside = outside + whole;
    }
  }

  /** Without what it took to compile, which is no guard. */
  get durations(): GuardDurations {
    const { recordings, shadowCheck, audits } = this.spent;
    return { recordings, shadowCheck, audits };
  }
}
