import { createInvolution } from '../../math/involution';
import { encodeFloat32 } from '../../modelfile/dtype';
import { cooperate } from '../cooperate';
import { decodePacked } from '../decodeTensor';
import { joinBytes } from '../fieldReader';
import type { QuantizationMethod } from '../method';
import { codeFactor } from './factorCodes';
import { decompose, type Decomposition } from './greedy';
import { openKashinGreedy } from './kashinGreedyDecoder';
import { segmentsOf } from './segments';
import { TraceBuilder } from './trace';

/**
 * Residual to stop at, relative to the norm. Two 4-level codebooks leave an error of about 0.13 (D ≈ 0.017)
 * whatever the residual; at 1e-3 the residual adds 6e-5 to it in energy, and going on to 1e-6 would double the
 * time. Steps this small do not move the levels either.
 */
const TOLERANCE = 1e-3;
const MAX_STEPS = 200;

/**
 * The method of Merkulov et al. (2024) with a full-length transform: the flattened tensor is decomposed as
 * x ≈ scale · (u + P v), then u and v are coded separately with four levels ±a, ±b for each group of
 * `groupSize` entries: 2 + 2 bits a weight, and 64 bits of levels a group.
 */
export const kashinGreedy: QuantizationMethod = {
  id: 'kashin-greedy',

  async quantize(values, shape, options) {
    const { groupSize, seed } = options;
    const pause = cooperate(options.signal);
    const chunks: Uint8Array[] = [];
    const trace = new TraceBuilder();
    let iterations = 0;
    let warning: string | undefined;

    for (const { start, end } of segmentsOf(values.length)) {
      const x = values.subarray(start, end);
      const decomposition = await decompose(x, createInvolution(x.length, seed), {
        tolerance: TOLERANCE,
        maxSteps: MAX_STEPS,
        afterStep: async (residual) => {
          const fraction = Math.min(Math.log(residual) / Math.log(TOLERANCE), 1);
          options.onProgress?.((start + fraction * x.length) / values.length);
          await pause();
        },
      });
      const u = codeFactor(decomposition.u, decomposition.steps.u, groupSize);
      const v = codeFactor(decomposition.v, decomposition.steps.v, groupSize);
      const scale = encodeFloat32(Float32Array.of(decomposition.scale), 'F32');
      chunks.push(joinBytes(scale, u.storedLevels, v.storedLevels, u.codes, v.codes));
      trace.add(decomposition, u.levels, v.levels);
      iterations = Math.max(iterations, decomposition.residual.length - 1);
      warning ??= stopWarning(decomposition);
    }

    const packed = { head: new Uint8Array(0), chunks };
    const coding = { groupSize, seed };
    return {
      values: decodePacked(packed, { open: openKashinGreedy, coding, shape }),
      packed,
      coding,
      iterations,
      decomposition: trace.finish(),
      ...(warning !== undefined && { warning }),
    };
  },
};

/** What a person should know of a decomposition that stopped before it reached its tolerance. */
function stopWarning({ stop, residual }: Decomposition): string | undefined {
  if (stop.cause === 'converged') return undefined;
  const percent = (100 * residual.at(-1)!).toPrecision(2);
  const reason =
    stop.cause === 'stalled' ? 'made hardly any progress' : `did not converge in ${MAX_STEPS} steps`;
  return (
    `The decomposition ${reason}: ${percent} % of the norm is left over and lost, ` +
    `at flatness ${stop.flatness.toFixed(2)} where 0.75 is usual.`
  );
}
