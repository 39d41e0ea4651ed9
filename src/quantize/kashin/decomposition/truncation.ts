import type { OrthogonalTransform } from '../../../math/orthogonal/transform';
import {
  zeroDecomposition,
  type DecomposeOptions,
  type Decomposition,
  type StopCause,
} from './decomposition';
import { flatness, norms, rootMeanSquare } from './norms';
import { takeScaled } from './workspace';

/** η and δ of the uncertainty principle that the frame is trusted to have. */
export interface TruncationLevels {
  readonly eta: number;
  readonly delta: number;
}

/**
 * Kashin decomposition by truncation (Lyubarskii and Vershynin, "Uncertainty principles and vector quantization",
 * 2010). The columns of [I Q]/√2 are a tight frame of N = 2n vectors in Rⁿ. Each step takes the frame
 * coefficients of the residual, clips them at M, adds them to those of x, and lowers M by the factor η; at
 * first M = ‖x‖₂/√(δN).
 *
 * Where any δN coefficients synthesise a vector of norm at most η times their own, the residual is below
 * η^k·‖x‖₂ after k steps and no coefficient above K·‖x‖₂/√N, K = 1/((1 − η)√δ): in units of the root mean square
 * of x, |u| and |v| ≤ K/2. A residual above that promise shows a vector for which the frame does not have the
 * property; then M waits for it, so that the decomposition still converges.
 *
 * @param x `[n]`, finite, of the matrix's length
 */
export function decomposeByTruncation(
  x: Float32Array,
  matrix: OrthogonalTransform,
  { eta, delta }: TruncationLevels,
  { tolerance, maxSteps }: DecomposeOptions,
): Decomposition {
  const n = x.length;
  const scale = rootMeanSquare(x);
  if (scale === 0) return zeroDecomposition(n);
  const u = new Float32Array(n);
  const v = new Float32Array(n);
  const r = new Float32Array(n);
  takeScaled(r, x, scale);
  const y = new Float32Array(n);
  const limits: number[] = [];
  const residual = [1];
  const flatnesses: number[] = [];
  /** M relative to its first value. */
  let level = 1;
  const end = (stop: StopCause): Decomposition => ({
    scale,
    u,
    v,
    steps: { u: limits, v: limits },
    residual,
    flatness: flatnesses,
    stop,
  });
  for (;;) {
    y.set(r);
    matrix.applyTranspose(y);
    flatnesses.push(Math.max(flatness(norms(r), n), flatness(norms(y), n)));
    if (residual.at(-1)! <= tolerance) return end('converged');
    if (limits.length >= maxSteps) return end('step limit');
    const limit = level / (2 * Math.sqrt(delta));
    limits.push(limit);
    for (let i = 0; i < n; i++) {
      const toU = clamp(r[i]! / 2, limit);
      const toV = clamp(y[i]! / 2, limit);
      u[i] = u[i]! + toU;
      v[i] = v[i]! + toV;
      r[i] = r[i]! - toU;
      y[i] = toV;
    }
    matrix.apply(y);
    for (let i = 0; i < n; i++) r[i] = r[i]! - y[i]!;
    residual.push(Math.sqrt(norms(r).squares / n));
    if (residual.at(-1)! <= eta * level) level *= eta;
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
