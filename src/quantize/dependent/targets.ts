/** How the weights of a row become targets of a search. */
export interface RowScaling {
  /** Size of one step. */
  readonly step: number;
  /** Root mean square of the weights. */
  readonly rms: number;
}

/** Weights farther out than so many root mean squares are moved no more than those there. */
const SHRUNKEN_RMS = 3;
/** Indices are at most this large. */
const LARGEST_INDEX = 32760;
const LARGEST_FLOAT = 3.4028234663852886e38;

/**
 * Writes weights as targets, in units of their step and shrunken: x/Δ − clip(x, ±3σ)/Δ · D/(1 + D) with the
 * distortion D = Δ²/(4σ²) that a step of Δ makes of weights of root mean square σ. On a rate–distortion
 * curve the best reproduction is smaller than the weight, by D of it on average; a search for the nearest
 * integers of smaller targets finds it without knowing what integers cost. Beyond 3σ the source is no longer
 * normal, and shrinking by a fraction would only make outliers wrong.
 *
 * Targets keep to where their integers fit 16 bits, and where their products with the step are finite.
 */
export function fillTargets(weights: Float32Array, { step, rms }: RowScaling, targets: Float32Array): void {
  if (!(rms > 0)) {
    targets.fill(0);
    return;
  }
  const distortion = (step / rms) ** 2 / 4;
  const shrink = distortion / (1 + distortion);
  const clip = SHRUNKEN_RMS * rms;
  const most = Math.max(0, Math.min(LARGEST_INDEX, LARGEST_FLOAT / step - 2));
  const { length } = weights;
  for (let i = 0; i < length; i++) {
    const weight = weights[i]!;
    const clipped = weight > clip ? clip : weight < -clip ? -clip : weight;
    const target = (weight - shrink * clipped) / step;
    targets[i] = target > most ? most : target < -most ? -most : target;
  }
}
