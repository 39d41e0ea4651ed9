import {
  otherSide,
  Progress,
  zeroDecomposition,
  type DecomposeOptions,
  type Decomposition,
  type Side,
} from './decomposition';
import { flatness, rootMeanSquare } from './norms';
import type { Workspace } from './workspace';

/**
 * Greedy Kashin decomposition (Merkulov et al., "Quantization of Large Language Models with an Overdetermined
 * Basis", UAI 2024, algorithms 1 and 2): each step projects the residual on the nearest vertex of the cube
 * {±1}ⁿ or of the rotated cube Q{±1}ⁿ, whichever is nearer. ‖r‖₁/n and ‖Qᵀr‖₁/n are the exact step lengths.
 *
 * The two residuals are computed from one another at every step, so one transform a step serves both. Works in
 * float32 with sums in float64: what is left strays from the true residual by about 1e-7 of ‖x‖₂.
 *
 * @param x `[n]`, finite, of the workspace's length
 */
export function decomposeGreedily(
  x: Float32Array,
  workspace: Workspace,
  options: DecomposeOptions,
): Decomposition {
  const n = x.length;
  const scale = rootMeanSquare(x);
  if (scale === 0) return zeroDecomposition(n);
  const progress = new Progress(options);
  const norms = { u: workspace.start(x, scale), v: workspace.cross('v') };
  for (;;) {
    const side: Side = norms.u.sum > norms.v.sum ? 'u' : 'v';
    const stop = progress.before(flatness(norms[side], n));
    if (stop !== undefined) return { scale, ...workspace.factors(), ...progress.record(), stop };
    const step = Math.fround(norms[side].sum / n);
    norms[side] = workspace.move(side, step);
    progress.after(side, step, Math.sqrt(norms[side].squares / n));
    norms[otherSide(side)] = workspace.cross(otherSide(side));
  }
}
