import type { InstrumentCostEvent } from '../../protocol/instruments';
import type { Instrument } from './plan';

/** What instruments have cost, by the clock. */
export class InstrumentCosts {
  private readonly begun = performance.now();
  private readonly spent = new Map<Instrument, { readings: number; seconds: number }>();

  /** @returns what is to be called when the reading is there */
  start(instrument: Instrument): () => void {
    const begun = performance.now();
    return () => {
      const spent = this.spent.get(instrument) ?? { readings: 0, seconds: 0 };
      this.spent.set(instrument, spent);
      spent.readings++;
      spent.seconds += (performance.now() - begun) / 1000;
    };
  }

  /** `undefined` where nothing has been read. */
  event(
    step: number,
    quantities: Readonly<Record<Instrument, readonly string[]>>,
  ): InstrumentCostEvent | undefined {
    if (this.spent.size === 0) return undefined;
    const elapsed = (performance.now() - this.begun) / 1000;
    return {
      type: 'instrumentCost',
      step,
      costs: [...this.spent].map(([instrument, { readings, seconds }]) => ({
        instrument,
        quantities: quantities[instrument],
        readings,
        seconds,
        share: seconds / elapsed,
      })),
    };
  }
}
