import type { OrthogonalTransform } from '../../../math/orthogonal/transform';
import type { Side } from './decomposition';
import { norms, type Norms } from './norms';

/**
 * Where a decomposition x = u + Q v + r is worked out: the factors, and the residual of either side, r for u
 * and Qᵀr for v. After a step only the residual of its own side is up to date.
 */
export interface Workspace {
  readonly length: number;
  /** Starts with r = x / scale and factors of zeros; the norms of r. */
  start(x: Float32Array, scale: number): Norms;
  /**
   * With s = step · sign(z), z the side's residual: adds s to the factor and takes it from z; the norms of what is
   * left. Zero counts as positive, −0 as negative.
   */
  move(side: Side, step: number): Norms;
  /** Computes the residual of `to` from that of the other side; its norms. */
  cross(to: Side): Norms;
  /** Copies of the factors. */
  factors(): Record<Side, Float32Array>;
}

/** A workspace in plain TypeScript, for any matrix. */
export function createWorkspace(matrix: OrthogonalTransform): Workspace {
  const { length } = matrix;
  const residual = { u: new Float32Array(length), v: new Float32Array(length) };
  const factor = { u: new Float32Array(length), v: new Float32Array(length) };

  return {
    length,
    start(x, scale) {
      takeScaled(residual.u, x, scale);
      factor.u.fill(0);
      factor.v.fill(0);
      return norms(residual.u);
    },
    move(side, step) {
      moveSigns(residual[side], factor[side], step);
      return norms(residual[side]);
    },
    cross(to) {
      if (to === 'v') {
        residual.v.set(residual.u);
        matrix.applyTranspose(residual.v);
      } else {
        residual.u.set(residual.v);
        matrix.apply(residual.u);
      }
      return norms(residual[to]);
    },
    factors: () => ({ u: factor.u.slice(), v: factor.v.slice() }),
  };
}

/** z = x / scale. */
export function takeScaled(z: Float32Array, x: Float32Array, scale: number): void {
  const { length } = z;
  for (let i = 0; i < length; i++) z[i] = x[i]! / scale;
}

const SIGN_BIT = 1 << 31;

/**
 * The sign bit is copied rather than tested: the signs are random, and a branch would be mispredicted every
 * other time.
 */
function moveSigns(residual: Float32Array, factor: Float32Array, step: number): void {
  const bits = new Int32Array(residual.buffer, residual.byteOffset, residual.length);
  const signed = new Float32Array([step]);
  const signedBits = new Int32Array(signed.buffer);
  const stepBits = signedBits[0]!;
  const { length } = residual;
  for (let i = 0; i < length; i++) {
    signedBits[0] = stepBits | (bits[i]! & SIGN_BIT);
    const s = signed[0]!;
    factor[i] = factor[i]! + s;
    residual[i] = residual[i]! - s;
  }
}
