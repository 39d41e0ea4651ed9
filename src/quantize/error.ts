/** How far one list of numbers is from another; sums in float64. */
export interface ErrorSums {
  /** Sum of the squared differences. */
  readonly squaredError: number;
  /** Sum of the squares of the original. */
  readonly squares: number;
  /** Largest magnitude of a difference; NaN where any is. */
  readonly maxAbs: number;
  readonly count: number;
}

export function errorSums(original: Float32Array, changed: Float32Array): ErrorSums {
  const count = original.length;
  let squaredError = 0;
  let squares = 0;
  let maxAbs = 0;
  for (let i = 0; i < count; i++) {
    const value = original[i]!;
    const difference = value - changed[i]!;
    squaredError += difference * difference;
    squares += value * value;
    maxAbs = Math.max(maxAbs, Math.abs(difference));
  }
  return { squaredError, squares, maxAbs, count };
}

/** MSE over mean square; 0 where there is no error, infinite where zeros were changed. */
export function distortionOf({ squaredError, squares }: Pick<ErrorSums, 'squaredError' | 'squares'>): number {
  return squaredError === 0 ? 0 : squaredError / squares;
}

/** −10·log₁₀ of a distortion: infinite for an exact copy. */
export function decibels(distortion: number): number {
  return -10 * Math.log10(distortion);
}
