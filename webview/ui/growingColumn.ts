/** Numbers that are only ever appended, in a buffer of doubling capacity: what is added costs its own length. */
export class GrowingColumn {
  #buffer = new Float64Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of them; a view, good until more are appended. */
  get values(): Float64Array {
    return this.#buffer.subarray(0, this.#length);
  }

  append(values: Float64Array): void {
    this.extend(values.length).set(values);
  }

  /** Appends so many zeros, for the caller to fill: a view on them. */
  extend(count: number): Float64Array {
    const length = this.#length + count;
    if (length > this.#buffer.length) {
      let capacity = this.#buffer.length;
      while (capacity < length) capacity *= 2;
      const longer = new Float64Array(capacity);
      longer.set(this.values);
      this.#buffer = longer;
    }
    const added = this.#buffer.subarray(this.#length, length);
    this.#length = length;
    return added;
  }
}
