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
 * Kashin decomposition on a fixed schedule, two steps to v and two to u in turn (Cherniuk et al., "Structured
 * Transforms for Low-Overhead Quantization of Language Models", 2026). Each pair of steps leaves its factor near
 * the four peaks ±c₁ ± c₂; and a transform is needed only from pair to pair, half as often as in the greedy
 * version.
 *
 * The peaks are sharp where the first pair finds a vector without structure, so the authors rotate the weights at
 * random before. Here the schedule starts in the basis that Qᵀ has rotated already: it is theirs with the names of
 * the bases exchanged, and with one rotation for both purposes.
 *
 * @param x `[n]`, finite, of the workspace's length
 */
export function decomposeAlternating(
  x: Float32Array,
  workspace: Workspace,
  options: DecomposeOptions,
): Decomposition {
  const n = x.length;
  const scale = rootMeanSquare(x);
  if (scale === 0) return zeroDecomposition(n);
  const progress = new Progress(options);
  workspace.start(x, scale);
  let side: Side = 'v';
  let norms = workspace.cross(side);
  for (let stepOfPair = 0; ; stepOfPair = 1 - stepOfPair) {
    const stop = progress.before(flatness(norms, n));
    if (stop !== undefined) return { scale, ...workspace.factors(), ...progress.record(), stop };
    const step = Math.fround(norms.sum / n);
    norms = workspace.move(side, step);
    progress.after(side, step, Math.sqrt(norms.squares / n));
    if (stepOfPair === 1) {
      side = otherSide(side);
      norms = workspace.cross(side);
    }
  }
}
