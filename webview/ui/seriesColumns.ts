import type { Series } from '../../src/protocol/messages';

/** What the horizontal axis counts. Time is in seconds since the run started. */
export const X_AXES = ['step', 'epoch', 'time'] as const;
export type XAxis = (typeof X_AXES)[number];

/**
 * A series that grows: its columns are kept in buffers of doubling capacity, so that an increment costs
 * its own length and not that of the series.
 */
export class SeriesColumns {
  #length = 0;
  #capacity = 256;
  #step = new Float64Array(this.#capacity);
  #epoch = new Float64Array(this.#capacity);
  #time = new Float64Array(this.#capacity);
  #values = new Float64Array(this.#capacity);

  /** @param name the metric; unique within a chart */
  constructor(readonly name: string) {}

  static from(series: Series, name = series.name): SeriesColumns {
    const columns = new SeriesColumns(name);
    columns.append(series);
    return columns;
  }

  get length(): number {
    return this.#length;
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** The column of an axis, as long as the series. */
  axis(axis: XAxis): Float64Array {
    const column = axis === 'step' ? this.#step : axis === 'epoch' ? this.#epoch : this.#time;
    return column.subarray(0, this.#length);
  }

  append(series: Omit<Series, 'name'>): void {
    const added = series.values.length;
    this.#reserve(this.#length + added);
    this.#step.set(series.steps, this.#length);
    this.#epoch.set(series.epochs, this.#length);
    this.#time.set(series.seconds, this.#length);
    this.#values.set(series.values, this.#length);
    this.#length += added;
  }

  #reserve(length: number): void {
    if (length <= this.#capacity) return;
    while (this.#capacity < length) this.#capacity *= 2;
    const grown = (column: Float64Array) => {
      const copy = new Float64Array(this.#capacity);
      copy.set(column.subarray(0, this.#length));
      return copy;
    };
    this.#step = grown(this.#step);
    this.#epoch = grown(this.#epoch);
    this.#time = grown(this.#time);
    this.#values = grown(this.#values);
  }
}
