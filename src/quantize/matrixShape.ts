/** Number of elements of a tensor of this shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Rows and columns of the smallest matrix that counts as one. */
export const SMALLEST_SIDE = 32;

/**
 * Where a tensor is cut in two to be seen as a matrix: the number of rows after the first axis where
 * both sides have at least {@link SMALLEST_SIDE}. So a kernel `[kh, kw, in, out]` has kh·kw·in rows, one
 * of `[out, in, kh, kw]` has out. `undefined` where there is no such cut.
 */
export function matrixRows(shape: readonly number[]): number | undefined {
  const size = elementCount(shape);
  let rows = 1;
  for (const dimension of shape) {
    rows *= dimension;
    if (rows >= SMALLEST_SIDE && size / rows >= SMALLEST_SIDE) return rows;
  }
  return undefined;
}

/** Rows or columns of a tensor as a matrix, whichever are fewer; 1 where it is none. */
export function smallerSide(shape: readonly number[]): number {
  const rows = matrixRows(shape);
  return rows === undefined ? 1 : Math.min(rows, elementCount(shape) / rows);
}

/** Elements of a row of a tensor: as a matrix where it is one, else along the last axis. */
export function rowLength(shape: readonly number[]): number {
  const rows = matrixRows(shape);
  return rows === undefined ? (shape.at(-1) ?? 1) : elementCount(shape) / rows;
}

/**
 * The shape of a tensor as a matrix, {@link matrixRows}, with its axes exchanged: `[out, in, kh, kw]`
 * becomes `[in·kh·kw, out]`, `[kh, kw, in, out]` becomes `[out, kh·kw·in]`.
 */
export function transposedShape(shape: readonly number[]): readonly [number, number] {
  const rows = matrixRows(shape) ?? shape[0] ?? 1;
  return [elementCount(shape) / rows, rows];
}

/** Rows and columns that are exchanged together, so that both stay in the cache. */
const TILE = 64;

/** Exchanges the axes of a matrix of `rows` rows. */
export function transpose(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const transposed = new Float32Array(values.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          transposed[column * rows + row] = values[row * columns + column]!;
        }
      }
    }
  }
  return transposed;
}
