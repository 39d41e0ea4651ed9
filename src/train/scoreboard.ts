import type { TrainSummary } from '../protocol/events';
import type { Measure } from './objective';

export type Final = TrainSummary['final'];
export type Best = TrainSummary['best'];

/** Last and best value of every metric. Values that are not finite are never the best. */
export class Scoreboard {
  /** Metrics where more is better; of all others the least is best. */
  private readonly higherIsBetter: ReadonlySet<string>;

  constructor(
    measures: readonly Measure[],
    public final: Final = {},
    public best: Best = {},
  ) {
    const rising = measures.filter(({ higherIsBetter }) => higherIsBetter);
    this.higherIsBetter = new Set(rising.map(({ name }) => name));
  }

  record(step: number, values: Readonly<Record<string, number>>): void {
    this.final = { ...this.final, ...values };
    for (const [name, value] of Object.entries(values)) {
      const best = this.best[name]?.value;
      const isBetter = best === undefined || (this.higherIsBetter.has(name) ? value > best : value < best);
      if (Number.isFinite(value) && isBetter) this.best = { ...this.best, [name]: { value, step } };
    }
  }
}
