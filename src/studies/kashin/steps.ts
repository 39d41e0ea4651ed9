import { decomposeGreedily } from '../../quantize/kashin/decomposition/greedy';
import type { Workspace } from '../../quantize/kashin/decomposition/workspace';

/** Residual at which a decomposition of the studies is done, as in the papers. */
export const TOLERANCE = 1e-6;

export interface StepCount {
  readonly steps: number;
  readonly finished: boolean;
  /** ‖r‖₂ / ‖x‖₂ and ρ at the end. */
  readonly residual: number;
  readonly flatness: number;
}

/** Greedy steps to {@link TOLERANCE}, at most `limit`, however slow they are. */
export function countSteps(x: Float32Array, workspace: Workspace, limit: number): StepCount {
  const { residual, flatness, stop } = decomposeGreedily(x, workspace, {
    tolerance: TOLERANCE,
    maxSteps: limit,
    patient: true,
  });
  return {
    steps: residual.length - 1,
    finished: stop === 'converged',
    residual: residual.at(-1)!,
    flatness: flatness.at(-1)!,
  };
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
