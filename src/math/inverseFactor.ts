/** Rows and columns of a tile: three of them stay in the second-level cache of a core. */
const TILE = 64;

export interface InverseFactor {
  /** U, row-major `[n, n]`, upper triangular with a positive diagonal. */
  readonly factor: Float64Array;
  /** λ, the multiple of the identity that was added to H. */
  readonly damping: number;
}

/**
 * The upper triangular U with (H + λI)⁻¹ = UᵀU, the factor that the GPTQ recurrence needs (Frantar et
 * al., 2023). λ is `relativeDamping` times the mean of the diagonal of H, and ten times more as often as
 * Cholesky's factorization fails; for H = 0 it is 1.
 *
 * In reversed order of rows and columns H = L·Lᵀ, and U is L⁻¹, so neither H⁻¹ nor a second factorization
 * is formed. It takes ⅔·n³ multiplications and 16·n² bytes beside H.
 *
 * @param hessian H, row-major `[n, n]`, symmetric, finite, with a diagonal ≥ 0; stays as it is
 */
export function inverseFactor(hessian: ArrayLike<number>, n: number, relativeDamping = 0.01): InverseFactor {
  const meanDiagonal = trace(hessian, n) / n;
  let damping = meanDiagonal > 0 ? relativeDamping * meanDiagonal : 1;
  // Rows 0 … n − 1 become L, rows n … 2n − 1 become L⁻ᵀ.
  const rows = new Float64Array(2 * n * n);
  for (;;) {
    fill(rows, hessian, n, damping);
    if (eliminate(rows, n)) return { factor: reversedTranspose(rows.subarray(n * n), n), damping };
    damping = damping > 0 ? 10 * damping : 1e-8 * meanDiagonal;
  }
}

function trace(matrix: ArrayLike<number>, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * n + i]!;
  return sum;
}

/** H + λI with the order of rows and columns reversed, and the identity below it. */
function fill(rows: Float64Array, hessian: ArrayLike<number>, n: number, damping: number): void {
  const last = n * n - 1;
  for (let i = 0; i <= last; i++) rows[i] = hessian[last - i]!;
  rows.fill(0, n * n);
  for (let i = 0; i < n; i++) {
    rows[i * n + i] = rows[i * n + i]! + damping;
    rows[(n + i) * n + i] = 1;
  }
}

/** Turns L⁻ᵀ into L⁻¹ with the order of rows and columns reversed. */
function reversedTranspose(matrix: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) result[(n - 1 - j) * n + (n - 1 - i)] = matrix[i * n + j]!;
  }
  return result;
}

/**
 * Cholesky's factorization of the upper half of `rows` `[2n, n]`, and the same elimination for the lower
 * half X, which solves X·Lᵀ = I. Tile by tile, each finished before the next, so that all inner loops are
 * dot products of rows. Returns false where a pivot is not positive.
 */
function eliminate(rows: Float64Array, n: number): boolean {
  for (let left = 0; left < n; left += TILE) {
    const right = Math.min(left + TILE, n);
    for (let top = left; top < n; top += TILE) {
      const bottom = Math.min(top + TILE, n);
      subtractProducts(rows, n, top, bottom, left, right, 0);
      for (let i = top; i < bottom; i++)
        if (!substitute(rows, n, i, left, Math.min(right, i + 1))) return false;
    }
    // Row n + i of the lower half is zero before column i.
    for (let top = 0; top < right; top += TILE) {
      const bottom = Math.min(top + TILE, n);
      subtractProducts(rows, n, n + top, n + bottom, left, right, top);
      for (let i = top; i < bottom; i++) substitute(rows, n, n + i, Math.max(left, i), right);
    }
  }
  return true;
}

/** Finishes columns `left … right` of row `i`, of which all products with columns before `left` are subtracted. */
function substitute(rows: Float64Array, n: number, i: number, left: number, right: number): boolean {
  const row = i * n;
  for (let j = left; j < right; j++) {
    let sum = rows[row + j]!;
    const other = j * n;
    for (let k = left; k < j; k++) sum -= rows[row + k]! * rows[other + k]!;
    if (i !== j) {
      rows[row + j] = sum / rows[other + j]!;
    } else {
      if (!(sum > 0)) return false;
      rows[row + j] = Math.sqrt(sum);
    }
  }
  return true;
}

/** Elements `[top … bottom, left … right]` less the products of their rows and L's over columns `from … left`. */
function subtractProducts(
  rows: Float64Array,
  n: number,
  top: number,
  bottom: number,
  left: number,
  right: number,
  from: number,
): void {
  for (let start = from; start < left; start += 4 * TILE) {
    const length = Math.min(4 * TILE, left - start);
    for (let i = top; i < bottom; i += 2) {
      for (let j = left; j < right; j += 4) {
        if (i + 2 <= bottom && j + 4 <= right) subtractBlock(rows, n, i, j, start, length);
        else subtractEdge(rows, n, i, Math.min(i + 2, bottom), j, Math.min(j + 4, right), start, length);
      }
    }
  }
}

/** Two rows times four: eight sums in registers. */
function subtractBlock(
  rows: Float64Array,
  n: number,
  i: number,
  j: number,
  start: number,
  length: number,
): void {
  let a0 = i * n + start;
  let a1 = a0 + n;
  let b0 = j * n + start;
  let b1 = b0 + n;
  let b2 = b1 + n;
  let b3 = b2 + n;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (const end = a0 + length; a0 < end; a0++, a1++, b0++, b1++, b2++, b3++) {
    const x0 = rows[a0]!;
    const x1 = rows[a1]!;
    const y0 = rows[b0]!;
    const y1 = rows[b1]!;
    const y2 = rows[b2]!;
    const y3 = rows[b3]!;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
  }
  const first = i * n + j;
  const second = first + n;
  rows[first] = rows[first]! - s00;
  rows[first + 1] = rows[first + 1]! - s01;
  rows[first + 2] = rows[first + 2]! - s02;
  rows[first + 3] = rows[first + 3]! - s03;
  rows[second] = rows[second]! - s10;
  rows[second + 1] = rows[second + 1]! - s11;
  rows[second + 2] = rows[second + 2]! - s12;
  rows[second + 3] = rows[second + 3]! - s13;
}

function subtractEdge(
  rows: Float64Array,
  n: number,
  top: number,
  bottom: number,
  left: number,
  right: number,
  start: number,
  length: number,
): void {
  for (let i = top; i < bottom; i++) {
    for (let j = left; j < right; j++) {
      let sum = 0;
      for (let k = start; k < start + length; k++) sum += rows[i * n + k]! * rows[j * n + k]!;
      rows[i * n + j] = rows[i * n + j]! - sum;
    }
  }
}
