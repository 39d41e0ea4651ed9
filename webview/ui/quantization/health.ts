import type { DecompositionTrace } from '../../../src/protocol/events';

/** Health ratios of a decomposition that converges in some 30 steps. */
export const HEALTHY = [0.75, 0.8] as const;
/** Below it a decomposition stalls. */
export const STALLED = 0.4;

export interface Health {
  readonly mean: number;
  readonly lowest: number;
  readonly verdict: 'healthy' | 'slower than usual' | 'stalled';
}

/** The health ratio ρ over all steps; `undefined` where the trace has none. */
export function healthOf(trace: DecompositionTrace | undefined): Health | undefined {
  const ratios = trace?.flatness ?? [];
  if (ratios.length === 0) return undefined;
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const lowest = Math.min(...ratios);
  const stalled = trace?.unfinished?.cause === 'stalled' || mean < STALLED || ratios.at(-1)! < STALLED;
  const healthy = Number(mean.toFixed(2)) >= HEALTHY[0];
  return { mean, lowest, verdict: stalled ? 'stalled' : healthy ? 'healthy' : 'slower than usual' };
}
