import type { Series } from '../../src/protocol/messages';
import { CurveColumn } from './curveColumn';
import { GrowingColumn } from './growingColumn';
import { MovingAverage } from './smoothing';

/** What the horizontal axis counts. Time is in seconds since the run started. */
export const X_AXES = ['step', 'epoch', 'time'] as const;
export type XAxis = (typeof X_AXES)[number];

/** A series that grows. What charts need to draw it fast grows with it, and is made when it is first asked for. */
export class SeriesColumns {
  readonly #axes: Readonly<Record<XAxis, GrowingColumn>> = {
    step: new GrowingColumn(),
    epoch: new GrowingColumn(),
    time: new GrowingColumn(),
  };
  readonly #values = new GrowingColumn();
  #average: { readonly mean: MovingAverage; readonly curve: CurveColumn } | undefined;

  /** The values as a curve. */
  readonly curve = new CurveColumn(() => this.values);

  /**
   * @param name the metric; unique within a chart
   * @param stroke number of the style that it is drawn in; where absent, its place in the chart
   */
  constructor(
    readonly name: string,
    readonly stroke?: number,
  ) {}

  static from(series: Series, name = series.name): SeriesColumns {
    const columns = new SeriesColumns(name);
    columns.append(series);
    return columns;
  }

  get length(): number {
    return this.#values.length;
  }

  get values(): Float64Array {
    return this.#values.values;
  }

  /** The column of an axis, as long as the series. */
  axis(axis: XAxis): Float64Array {
    return this.#axes[axis].values;
  }

  /** The moving average of all values as a curve; the latest weight's is kept. */
  smoothed(weight: number): CurveColumn {
    if (this.#average?.mean.weight !== weight) {
      const mean = new MovingAverage(weight);
      this.#average = { mean, curve: new CurveColumn(() => mean.values) };
    }
    this.#average.mean.update(this.values);
    return this.#average.curve;
  }

  append(series: Omit<Series, 'name'>): void {
    this.#axes.step.append(series.steps);
    this.#axes.epoch.append(series.epochs);
    this.#axes.time.append(series.seconds);
    this.#values.append(series.values);
  }
}
