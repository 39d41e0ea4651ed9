/**
 * Largest eigenvalue of a symmetric tridiagonal matrix, by bisection with Sturm's count of the eigenvalues
 * below a number, to about the last bit.
 * @param diagonal n entries, at least one
 * @param beside the n − 1 entries next to the diagonal
 */
export function largestEigenvalue(diagonal: readonly number[], beside: readonly number[]): number {
  const radius = (i: number): number => Math.abs(beside[i - 1] ?? 0) + Math.abs(beside[i] ?? 0);
  let low = Math.min(...diagonal.map((entry, i) => entry - radius(i)));
  let high = Math.max(...diagonal.map((entry, i) => entry + radius(i)));
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (countBelow(diagonal, beside, middle) === diagonal.length) high = middle;
    else low = middle;
  }
}

/**
 * The eigenvector of length 1 that belongs to the largest eigenvalue, by the rows of (T − λ)y = 0 one after
 * another. No entry next to the diagonal may be 0; it is meant for a few rows, over which rounding does not grow.
 */
export function largestEigenvector(
  diagonal: readonly number[],
  beside: readonly number[],
  largest: number,
): number[] {
  const entries = [1];
  beside.forEach((coupling, i) => {
    const earlier = i === 0 ? 0 : beside[i - 1]! * entries[i - 1]!;
    entries.push(((largest - diagonal[i]!) * entries[i]! - earlier) / coupling);
  });
  const length = Math.hypot(...entries);
  return entries.map((entry) => entry / length);
}

/** How many eigenvalues are below `x`: as many as pivots of the matrix minus x are negative. */
function countBelow(diagonal: readonly number[], beside: readonly number[], x: number): number {
  let count = 0;
  let pivot = 1;
  diagonal.forEach((entry, i) => {
    const coupling = i === 0 ? 0 : beside[i - 1]! ** 2;
    pivot = entry - x - coupling / pivot;
    if (pivot === 0) pivot = Number.MIN_VALUE;
    if (pivot < 0) count++;
  });
  return count;
}
