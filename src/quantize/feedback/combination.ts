/**
 * target −= Σ_i coefficient_i · row_i, where `rows` is `[count, target.length]` and coefficient_i stands at
 * `coefficients[first + i · stride]`. Eight rows a pass, so that `target` is loaded and rounded to float32
 * once for all of them.
 */
export function subtractCombination(
  target: Float32Array,
  rows: Float32Array,
  coefficients: Float64Array,
  first: number,
  stride: number,
): void {
  const { length } = target;
  const count = rows.length / length;
  let i = 0;
  let at = first;
  for (; i + 8 <= count; i += 8) {
    const c0 = coefficients[at]!;
    const c1 = coefficients[at + stride]!;
    const c2 = coefficients[at + 2 * stride]!;
    const c3 = coefficients[at + 3 * stride]!;
    const c4 = coefficients[at + 4 * stride]!;
    const c5 = coefficients[at + 5 * stride]!;
    const c6 = coefficients[at + 6 * stride]!;
    const c7 = coefficients[at + 7 * stride]!;
    at += 8 * stride;
    let r = i * length;
    for (let j = 0; j < length; j++, r++) {
      target[j] =
        target[j]! -
        (c0 * rows[r]! +
          c1 * rows[r + length]! +
          c2 * rows[r + 2 * length]! +
          c3 * rows[r + 3 * length]! +
          c4 * rows[r + 4 * length]! +
          c5 * rows[r + 5 * length]! +
          c6 * rows[r + 6 * length]! +
          c7 * rows[r + 7 * length]!);
    }
  }
  for (; i < count; i++, at += stride) {
    const c = coefficients[at]!;
    const r = i * length;
    for (let j = 0; j < length; j++) target[j] = target[j]! - c * rows[r + j]!;
  }
}
