/**
 * Solves A·x = b for a symmetric positive definite A, by Cholesky's factorization A = L·Lᵀ.
 *
 * @param matrix A, row-major `[n, n]`; its lower triangle is overwritten by L
 * @param rightSide b, `[n]`; overwritten by x
 * @returns false where A is not positive definite to working precision; then both are spoilt
 */
export function solveCholesky(matrix: Float64Array, rightSide: Float64Array): boolean {
  return factorize(matrix, rightSide.length) && substitute(matrix, rightSide);
}

function factorize(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) {
        if (!(sum > 0)) return false;
        a[i * n + i] = Math.sqrt(sum);
      } else {
        a[i * n + j] = sum / a[j * n + j]!;
      }
    }
  }
  return true;
}

function substitute(l: Float64Array, x: Float64Array): true {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k]!;
    x[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * x[k]!;
    x[i] = sum / l[i * n + i]!;
  }
  return true;
}
