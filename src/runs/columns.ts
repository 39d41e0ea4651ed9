import type { Series } from '../protocol/messages';

/** The growing points of one metric: columns that double when they are full. */
export class Columns {
  private steps = new Float64Array(64);
  private epochs = new Float64Array(64);
  private seconds = new Float64Array(64);
  private values = new Float64Array(64);
  private count = 0;

  constructor(readonly name: string) {}

  get length(): number {
    return this.count;
  }

  push(step: number, epoch: number, second: number, value: number): void {
    if (this.count === this.steps.length) this.grow();
    this.steps[this.count] = step;
    this.epochs[this.count] = epoch;
    this.seconds[this.count] = second;
    this.values[this.count] = value;
    this.count++;
  }

  /** A copy of the points from number `start` to before number `end`. */
  series(start: number, end: number): Series {
    return {
      name: this.name,
      steps: this.steps.slice(start, end),
      epochs: this.epochs.slice(start, end),
      seconds: this.seconds.slice(start, end),
      values: this.values.slice(start, end),
    };
  }

  private grow(): void {
    this.steps = doubled(this.steps);
    this.epochs = doubled(this.epochs);
    this.seconds = doubled(this.seconds);
    this.values = doubled(this.values);
  }
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * column.length);
  longer.set(column);
  return longer;
}
