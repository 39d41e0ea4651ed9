import { keepSpread } from '../math/keepSpread';
import {
  HISTOGRAMS_KEPT,
  type GradientPlane,
  type InstrumentCost,
  type InstrumentCostEvent,
  type InstrumentsEvent,
  type LayerHistogram,
  type VerdictEvent,
} from '../protocol/instruments';
import type { AtStep, InstrumentsView, LayerSeries, Series } from '../protocol/messages';
import { Columns } from './columns';

/** Up to where somebody has seen the readings: points of each column, and how often the rest has changed. */
export interface ReadingsPosition {
  readonly points: ReadonlyMap<string, number>;
  readonly histograms: number;
  readonly planes: number;
  readonly costs: number;
  readonly verdicts: number;
}

export const NOTHING_READ: ReadingsPosition = {
  points: new Map(),
  histograms: 0,
  planes: 0,
  costs: 0,
  verdicts: 0,
};

interface LayerColumns {
  readonly layer: string;
  readonly columns: Columns;
}

/**
 * Gathers what the instruments of one training say: quantities as columns, of the model and of its layers;
 * histograms over time, as many as are kept; the latest planes, costs and verdicts.
 */
export class InstrumentReadings {
  private readonly readings = new Map<string, Columns>();
  /** By the key of quantity and layer. */
  private readonly byLayer = new Map<string, LayerColumns>();
  private layers: readonly string[] = [];
  private readonly histograms = new HistogramHistory();
  private readonly planes = new Latest<AtStep<GradientPlane>>();
  private readonly costs = new Latest<InstrumentCost>();
  private readonly verdicts = new Latest<VerdictEvent>();

  /** @param second of the run, since its start */
  read(event: InstrumentsEvent, second: number): void {
    const { step, epoch } = event;
    for (const [quantity, value] of Object.entries(event.values)) {
      this.column(quantity).push(step, epoch, second, value);
    }
    this.layers = event.layers ?? this.layers;
    for (const [quantity, values] of Object.entries(event.byLayer ?? {})) {
      values.forEach((value, k) => {
        const layer = this.layers[k];
        if (layer !== undefined) this.layerColumn(quantity, layer).push(step, epoch, second, value);
      });
    }
    for (const one of event.histograms ?? []) this.histograms.put({ ...one, step });
    for (const one of event.planes ?? []) this.planes.put(one.layer, { ...one, step });
  }

  charge(event: InstrumentCostEvent): void {
    for (const cost of event.costs) this.costs.put(cost.instrument, cost);
  }

  judge(verdict: VerdictEvent): void {
    this.verdicts.put(verdict.id, verdict);
  }

  position(): ReadingsPosition {
    return {
      points: new Map([
        ...[...this.readings].map(([key, columns]) => [key, columns.length] as const),
        ...[...this.byLayer].map(([key, { columns }]) => [key, columns.length] as const),
      ]),
      histograms: this.histograms.changes,
      planes: this.planes.changes,
      costs: this.costs.changes,
      verdicts: this.verdicts.changes,
    };
  }

  /**
   * What came after `seen`: points up to `end`, the rest as it is now; `undefined` where nothing came.
   */
  between(seen: ReadingsPosition, end: ReadingsPosition): InstrumentsView | undefined {
    const readings = this.newReadings(seen, end);
    const byLayer = this.newByLayer(seen, end);
    const view: InstrumentsView = {
      ...(readings.length > 0 && { readings }),
      ...(byLayer.length > 0 && { byLayer }),
      ...(this.histograms.changes > seen.histograms && {
        histograms: this.histograms.since(seen.histograms),
      }),
      ...(this.planes.changes > seen.planes && { planes: this.planes.all }),
      ...(this.costs.changes > seen.costs && { costs: this.costs.all }),
      ...(this.verdicts.changes > seen.verdicts && { verdicts: this.verdicts.all }),
    };
    return Object.keys(view).length > 0 ? view : undefined;
  }

  private newReadings(seen: ReadingsPosition, end: ReadingsPosition): Series[] {
    return [...this.readings].flatMap(([key, columns]) => {
      const start = seen.points.get(key) ?? 0;
      const stop = end.points.get(key) ?? 0;
      return stop > start ? [columns.series(start, stop)] : [];
    });
  }

  private newByLayer(seen: ReadingsPosition, end: ReadingsPosition): LayerSeries[] {
    return [...this.byLayer].flatMap(([key, { layer, columns }]) => {
      const start = seen.points.get(key) ?? 0;
      const stop = end.points.get(key) ?? 0;
      return stop > start ? [{ ...columns.series(start, stop), layer }] : [];
    });
  }

  private column(quantity: string): Columns {
    let columns = this.readings.get(quantity);
    if (!columns) this.readings.set(quantity, (columns = new Columns(quantity)));
    return columns;
  }

  private layerColumn(quantity: string, layer: string): Columns {
    // A space parts the two: no identifier of a quantity has one.
    const key = `${quantity} ${layer}`;
    let known = this.byLayer.get(key);
    if (!known) this.byLayer.set(key, (known = { layer, columns: new Columns(quantity) }));
    return known.columns;
  }
}

/** The latest of several things by key, in the order in which the keys came, and how often any of them changed. */
class Latest<T> {
  private readonly entries = new Map<string, T>();
  changes = 0;

  get all(): T[] {
    return [...this.entries.values()];
  }

  put(key: string, value: T): void {
    this.entries.set(key, value);
    this.changes += 1;
  }
}

interface NumberedHistogram {
  /** Of the change that brought it. */
  readonly change: number;
  readonly histogram: AtStep<LayerHistogram>;
}

/** Histograms over time, of each kind and layer at most {@link HISTOGRAMS_KEPT}. */
class HistogramHistory {
  private readonly entries = new Map<string, readonly NumberedHistogram[]>();
  changes = 0;

  put(histogram: AtStep<LayerHistogram>): void {
    this.changes += 1;
    const key = `${histogram.of} ${histogram.layer}`;
    const numbered = { change: this.changes, histogram };
    const kept = this.entries.get(key) ?? [];
    this.entries.set(
      key,
      keepSpread(kept, numbered, HISTOGRAMS_KEPT, (one) => one.histogram.step),
    );
  }

  /** Those that came after a change and are kept. */
  since(change: number): AtStep<LayerHistogram>[] {
    return [...this.entries.values()].flat().flatMap((one) => (one.change > change ? [one.histogram] : []));
  }
}
