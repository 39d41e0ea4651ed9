/** The number below which a standard normal variable falls with probability `p`, 0 < p < 1; good to 1e-12. */
export function normalQuantile(p: number): number {
  let low = -9;
  let high = 9;
  while (high - low > 1e-13) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that a standard normal variable is below x, by the series of x³ⁿ-like terms about 0. */
function normalDistribution(x: number): number {
  // Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …); all terms have one sign, so nothing cancels.
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
