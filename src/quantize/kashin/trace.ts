import type { DecompositionTrace } from '../../protocol/events';
import type { KashinCodebook, KashinTransform } from '../../protocol/jobSpec';
import type { DecompositionRecord } from './decompositionRecord';
import { BINS, JOINT_BINS, JOINT_REACH, REACH, type FactorCounts } from './factorCounts';

/** What the report draws of a decomposition. */
export function traceOf(
  record: DecompositionRecord,
  counts: FactorCounts,
  { transform, codebook }: { readonly transform: KashinTransform; readonly codebook: KashinCodebook },
): DecompositionTrace {
  const { energy, left, running, flat, largest, stalled, stepLimit, vectors } = record;
  const histogram = (factor: 'u' | 'v') => ({
    start: -REACH,
    width: (2 * REACH) / BINS,
    counts: Array.from(counts[factor]),
    centroids: counts.centroids[factor],
  });
  return {
    residual: left.map((square) => rootRatio(square, energy)),
    flatness: flat.map((square, k) => rootRatio(square, running[k]!)),
    maxNorm: largest,
    histogram: { u: histogram('u'), v: histogram('v') },
    vectors,
    transform,
    ...(stalled + stepLimit > 0 && {
      unfinished: { cause: stalled > 0 ? 'stalled' : 'step limit', vectors: stalled + stepLimit },
    }),
    ...(codebook === 'joint' && {
      joint: {
        start: -JOINT_REACH,
        width: (2 * JOINT_REACH) / JOINT_BINS,
        bins: JOINT_BINS,
        counts: Array.from(counts.joint),
        centroids: counts.pairs,
      },
    }),
  };
}

/** √(a / b), and 1 where there is nothing to compare with. */
function rootRatio(a: number, b: number): number {
  return b === 0 ? 1 : Math.sqrt(a / b);
}
