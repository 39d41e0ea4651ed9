/** Rows of labels, from the top, of which none covers another. */
export class LabelRows {
  private readonly taken: (readonly [left: number, right: number])[][] = [];

  /** The first row that is free from `left` to `right`; it is taken there from now on. */
  take(left: number, right: number): number {
    const free = this.taken.findIndex((row) => row.every(([from, to]) => right <= from || left >= to));
    const row = free < 0 ? this.taken.length : free;
    (this.taken[row] ??= []).push([left, right]);
    return row;
  }
}
