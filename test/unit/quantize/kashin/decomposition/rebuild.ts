import type { OrthogonalTransform } from '../../../../../src/math/orthogonal/transform';
import type { Decomposition } from '../../../../../src/quantize/kashin/decomposition/decomposition';

/** scale · (u + Q v) */
export function rebuild({ u, v, scale }: Decomposition, matrix: OrthogonalTransform): Float32Array {
  const sum = v.slice();
  matrix.apply(sum);
  return sum.map((value, i) => scale * (value + u[i]!));
}

export function largest(z: Float32Array): number {
  return z.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
