// Rows of a matrix less combinations of a block of rows, four float32 at a time.
//
// target_k −= Σ_i coefficient_ik · block_i, i ascending, each product and each difference rounded.

let columns: usize = 0;
let coefficientRow: usize = 0;

let target: usize = 0;
let block: usize = 0;
let coefficients: usize = 0;

/** Lays out the memory for a target `[rows, width]`, a block `[blockRows, width]`, and coefficients `[blockRows, rows]`. */
export function prepare(rows: i32, width: i32, blockRows: i32): void {
  columns = <usize>width;
  coefficientRow = 4 * <usize>rows;
  target = (__heap_base + 63) & ~63;
  block = (target + 4 * <usize>rows * columns + 63) & ~63;
  coefficients = (block + 4 * <usize>blockRows * columns + 63) & ~63;
  const end = coefficients + <usize>blockRows * coefficientRow;
  const missing = <i32>((end + 65535) >> 16) - memory.size();
  if (missing > 0) memory.grow(missing);
}

export function targetAt(): usize {
  return target;
}

export function blockAt(): usize {
  return block;
}

export function coefficientsAt(): usize {
  return coefficients;
}

/** Subtracts from rows `from` up to `to` of the target what rows `first` up to `first + count` of the block contribute. */
export function subtract(from: i32, to: i32, first: i32, count: i32): void {
  let column: usize = 0;
  for (; column + 16 <= columns; column += 16) {
    let k = from;
    for (; k + 2 <= to; k += 2) subtractPair(k, column, first, count);
    if (k < to) subtractSixteen(k, column, first, count);
  }
  for (; column < columns; column++) {
    for (let k = from; k < to; k++) subtractOne(k, column, first, count);
  }
}

/** Sixteen columns of two rows, which share what is loaded of the block. */
function subtractPair(k: i32, column: usize, first: i32, count: i32): void {
  const stride = 4 * columns;
  const above = target + <usize>k * stride + 4 * column;
  const below = above + stride;
  let a0 = v128.load(above);
  let a1 = v128.load(above, 16);
  let a2 = v128.load(above, 32);
  let a3 = v128.load(above, 48);
  let b0 = v128.load(below);
  let b1 = v128.load(below, 16);
  let b2 = v128.load(below, 32);
  let b3 = v128.load(below, 48);
  let row = block + <usize>first * stride + 4 * column;
  let at = coefficients + <usize>first * coefficientRow + 4 * <usize>k;
  for (let i = 0; i < count; i++) {
    const x0 = v128.load(row);
    const x1 = v128.load(row, 16);
    const x2 = v128.load(row, 32);
    const x3 = v128.load(row, 48);
    const ca = v128.load32_splat(at);
    const cb = v128.load32_splat(at, 4);
    a0 = f32x4.sub(a0, f32x4.mul(ca, x0));
    a1 = f32x4.sub(a1, f32x4.mul(ca, x1));
    a2 = f32x4.sub(a2, f32x4.mul(ca, x2));
    a3 = f32x4.sub(a3, f32x4.mul(ca, x3));
    b0 = f32x4.sub(b0, f32x4.mul(cb, x0));
    b1 = f32x4.sub(b1, f32x4.mul(cb, x1));
    b2 = f32x4.sub(b2, f32x4.mul(cb, x2));
    b3 = f32x4.sub(b3, f32x4.mul(cb, x3));
    row += stride;
    at += coefficientRow;
  }
  v128.store(above, a0);
  v128.store(above, a1, 16);
  v128.store(above, a2, 32);
  v128.store(above, a3, 48);
  v128.store(below, b0);
  v128.store(below, b1, 16);
  v128.store(below, b2, 32);
  v128.store(below, b3, 48);
}

function subtractSixteen(k: i32, column: usize, first: i32, count: i32): void {
  const stride = 4 * columns;
  const above = target + <usize>k * stride + 4 * column;
  let a0 = v128.load(above);
  let a1 = v128.load(above, 16);
  let a2 = v128.load(above, 32);
  let a3 = v128.load(above, 48);
  let row = block + <usize>first * stride + 4 * column;
  let at = coefficients + <usize>first * coefficientRow + 4 * <usize>k;
  for (let i = 0; i < count; i++) {
    const c = v128.load32_splat(at);
    a0 = f32x4.sub(a0, f32x4.mul(c, v128.load(row)));
    a1 = f32x4.sub(a1, f32x4.mul(c, v128.load(row, 16)));
    a2 = f32x4.sub(a2, f32x4.mul(c, v128.load(row, 32)));
    a3 = f32x4.sub(a3, f32x4.mul(c, v128.load(row, 48)));
    row += stride;
    at += coefficientRow;
  }
  v128.store(above, a0);
  v128.store(above, a1, 16);
  v128.store(above, a2, 32);
  v128.store(above, a3, 48);
}

function subtractOne(k: i32, column: usize, first: i32, count: i32): void {
  const at = target + 4 * (<usize>k * columns + column);
  let value = load<f32>(at);
  for (let i = first; i < first + count; i++) {
    const coefficient = load<f32>(coefficients + <usize>i * coefficientRow + 4 * <usize>k);
    value -= coefficient * load<f32>(block + 4 * (<usize>i * columns + column));
  }
  store<f32>(at, value);
}
