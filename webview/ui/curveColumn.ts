import { ExtremaPyramid } from './extremaPyramid';

/** A growing column of values that is drawn as a curve: one pyramid for each axis that it was drawn on. */
export class CurveColumn {
  readonly #pyramids = new Map<number, ExtremaPyramid>();

  /** @param read the column as it is now */
  constructor(private readonly read: () => Float64Array) {}

  get values(): Float64Array {
    return this.read();
  }

  /** The pyramid over all values, in which those that are not above `above` are gaps. */
  pyramid(above: number): ExtremaPyramid {
    let pyramid = this.#pyramids.get(above);
    if (!pyramid) this.#pyramids.set(above, (pyramid = new ExtremaPyramid(above)));
    pyramid.update(this.values);
    return pyramid;
  }
}
