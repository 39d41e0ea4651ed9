export interface SymmetricEigen {
  /** Eigenvalues, largest first: `[n]`. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors, `[n, n]`: row k belongs to value k. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, to the rounding of its largest
 * entries. The time grows with n³: made for a few hundred rows at most.
 *
 * @param matrix row-major `[n, n]`; it is left as it is
 * @throws Error where entries are not finite
 */
export function symmetricEigen(matrix: Float64Array): SymmetricEigen {
  if (!matrix.every(Number.isFinite))
    throw new Error('A matrix with entries that are not finite has no eigenvalues.');
  const n = Math.round(Math.sqrt(matrix.length));
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  // Rotations by such small entries move no eigenvalue.
  const negligible =
    1e-3 * Number.EPSILON * matrix.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  while (rotateAll(a, v, n, negligible));
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((row, k) => vectors.set(v.subarray(row * n, (row + 1) * n), k * n));
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

/** One rotation for each pair of rows whose entry is not negligible. Whether there was one. */
function rotateAll(a: Float64Array, v: Float64Array, n: number, negligible: number): boolean {
  let rotated = false;
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      if (Math.abs(a[p * n + q]!) <= negligible) continue;
      rotate(a, v, n, p, q);
      rotated = true;
    }
  }
  return rotated;
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const entry = a[p * n + q]!;
  const ratio = (a[q * n + q]! - a[p * n + p]!) / (2 * entry);
  const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (let k = 0; k < n; k++) {
    const left = v[p * n + k]!;
    const right = v[q * n + k]!;
    v[p * n + k] = cosine * left - sine * right;
    v[q * n + k] = sine * left + cosine * right;
    if (k === p || k === q) continue;
    const ofP = a[p * n + k]!;
    const ofQ = a[q * n + k]!;
    const turnedP = cosine * ofP - sine * ofQ;
    const turnedQ = sine * ofP + cosine * ofQ;
    a[p * n + k] = turnedP;
    a[k * n + p] = turnedP;
    a[q * n + k] = turnedQ;
    a[k * n + q] = turnedQ;
  }
  a[p * n + p]! -= tangent * entry;
  a[q * n + q]! += tangent * entry;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}
