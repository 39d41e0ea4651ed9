/**
 * Rates of the code on normal weights of variance 1, by the binary logarithm of the step; measured with 256
 * states, other trellises are within 0.01 bits of it. Beyond the last, half a step costs one bit.
 */
const RATES: readonly (readonly [number, number])[] = [
  [0.5, 0],
  [0.35, 0.078],
  [0.2, 0.62],
  [0.1, 0.749],
  [0, 0.865],
  [-0.25, 1.158],
  [-0.5, 1.449],
  [-1, 2],
  [-2, 3.037],
  [-3, 4.045],
];

/** Halvings of the interval in which a step is sought: to a thousandth of an octave and better. */
const HALVINGS = 16;

/** Bits a weight at a step of 2^`logStep` root mean squares. */
export function normalRate(logStep: number): number {
  if (logStep >= RATES[0]![0]) return 0;
  const i = RATES.findIndex(([at]) => at <= logStep);
  if (i < 0) {
    const [at, rate] = RATES.at(-1)!;
    return rate + at - logStep;
  }
  const [low, high] = [RATES[i]!, RATES[i - 1]!];
  return low[1] + ((high[1] - low[1]) * (logStep - low[0])) / (high[0] - low[0]);
}

/** Weights of one root mean square, and the step of each in units of a common one. */
export interface NormalSource {
  readonly weights: number;
  readonly rms: number;
  readonly relativeStep: number;
}

/** Binary logarithm of the common step at which all sources together take `bits` bits a weight. */
export function logStepFor(sources: readonly NormalSource[], bits: number): number {
  const filled = sources.filter(({ rms, relativeStep }) => rms > 0 && relativeStep > 0);
  const total = sources.reduce((sum, { weights }) => sum + weights, 0);
  const logs = filled.map(({ weights, rms, relativeStep }) => ({
    weights,
    log: Math.log2(rms / relativeStep),
  }));
  if (logs.length === 0) return 0;
  let low = logs.reduce((least, { log }) => Math.min(least, log), Infinity) - 2 * bits - 10;
  let high = logs.reduce((most, { log }) => Math.max(most, log), -Infinity) + 1;
  for (let round = 0; round < HALVINGS; round++) {
    const middle = (low + high) / 2;
    const spent = logs.reduce((sum, { weights, log }) => sum + weights * normalRate(middle - log), 0);
    if (spent > bits * total) low = middle;
    else high = middle;
  }
  return high;
}
