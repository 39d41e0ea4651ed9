export interface Norms {
  /** ‖·‖₁ */
  readonly sum: number;
  /** ‖·‖₂² */
  readonly squares: number;
}

/**
 * Sums in float64, element i into partial sum i mod 4, so that vector instructions give the same bits.
 */
export function norms(z: Float32Array): Norms {
  const sums = new Float64Array(4);
  const squares = new Float64Array(4);
  const { length } = z;
  for (let i = 0; i < length; i++) {
    const value = z[i]!;
    const part = i & 3;
    sums[part] = sums[part]! + Math.abs(value);
    squares[part] = squares[part]! + value * value;
  }
  return { sum: total(sums), squares: total(squares) };
}

function total(parts: Float64Array): number {
  return parts[0]! + parts[1]! + (parts[2]! + parts[3]!);
}

/** ρ = ‖z‖₁ / (√n·‖z‖₂), from √(1/n) for a single number to 1 for a vertex of a cube; 1 for zeros. */
export function flatness({ sum, squares }: Norms, length: number): number {
  return squares === 0 ? 1 : sum / Math.sqrt(length * squares);
}

/** √(‖x‖₂² / n), rounded to float32. */
export function rootMeanSquare(x: Float32Array): number {
  return Math.fround(Math.sqrt(norms(x).squares / x.length));
}
