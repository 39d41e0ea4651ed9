/** Finds the nearest of 2^k levels. */
export class Codebook {
  /** Midpoints between neighbours. */
  private readonly thresholds: Float64Array;

  /** @param levels ascending, a power of two of them */
  constructor(readonly levels: Float32Array | Float64Array) {
    this.thresholds = Float64Array.from(
      { length: levels.length - 1 },
      (_, i) => (levels[i]! + levels[i + 1]!) / 2,
    );
  }

  /** Index of the level nearest to x; the higher one of two that are equally near. */
  nearest(x: number): number {
    const { thresholds } = this;
    let index = 0;
    for (let step = (thresholds.length + 1) >> 1; step > 0; step >>= 1) {
      if (x >= thresholds[index + step - 1]!) index += step;
    }
    return index;
  }
}
