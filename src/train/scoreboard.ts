import type { TrainSummary } from '../protocol/events';

export type Final = TrainSummary['final'];
export type Best = TrainSummary['best'];

/** Last and best value of every metric. */
export class Scoreboard {
  constructor(
    /** Metrics where more is better; of all others the least is best. */
    private readonly higherIsBetter: ReadonlySet<string>,
    public final: Final = {},
    public best: Best = {},
  ) {}

  record(step: number, values: Readonly<Record<string, number>>): void {
    this.final = { ...this.final, ...values };
    for (const [name, value] of Object.entries(values)) {
      const best = this.best[name]?.value;
      const isBetter = best === undefined || (this.higherIsBetter.has(name) ? value > best : value < best);
      if (Number.isFinite(value) && isBetter) this.best = { ...this.best, [name]: { value, step } };
    }
  }
}
