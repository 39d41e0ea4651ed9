import { createInvolution } from '../../math/involution';
import { encodeFloat32 } from '../../modelfile/dtype';
import { cooperate } from '../cooperate';
import { consecutive } from '../groups';
import type { QuantizationMethod } from '../partsMethod';
import { packedLength, unpackCodes } from '../packing';
import { elementCount, fillParts, floatsOf, partOf } from '../parts';
import { decodeFactor, FactorEncoder } from './factorCodes';
import { decompose, type Decomposition } from './greedy';
import { TraceBuilder } from './trace';

/**
 * Longest vector that is decomposed as one. Larger tensors are cut into segments of this length, each
 * with its own norm and steps: memory stays near 20 bytes × 2²⁴ = 340 MB, and a step takes under a second.
 */
const SEGMENT_LENGTH = 2 ** 24;

/**
 * Residual to stop at, relative to the norm. Two 4-level codebooks leave an error of about 0.13 (D ≈ 0.017)
 * whatever the residual; at 1e-3 the residual adds 6e-5 to it in energy, and going on to 1e-6 would double the
 * time. Steps this small do not move the levels either.
 */
const TOLERANCE = 1e-3;
const MAX_STEPS = 200;

const U_CODES = 'kashin_u';
const V_CODES = 'kashin_v';
const U_LEVELS = 'kashin_u_levels';
const V_LEVELS = 'kashin_v_levels';
const SCALES = 'kashin_scales';

/**
 * The method of Merkulov et al. (2024) with a full-length transform: the flattened tensor is decomposed as
 * x ≈ scale · (u + P v), then u and v are coded separately with four levels ±a, ±b for each group of
 * `groupSize` entries: 2 + 2 bits a weight, and 64 bits of levels a group.
 */
export const kashinGreedy: QuantizationMethod = {
  id: 'kashin-greedy',

  async quantize(values, shape, options) {
    const { groupSize } = options;
    const pause = cooperate(options.signal);
    const u = new FactorEncoder(values.length, groupSize);
    const v = new FactorEncoder(values.length, groupSize);
    const scales: number[] = [];
    const trace = new TraceBuilder();
    let iterations = 0;
    let warning: string | undefined;

    for (const { start, end } of consecutive(0, values.length, SEGMENT_LENGTH)) {
      const x = values.subarray(start, end);
      const decomposition = await decompose(x, createInvolution(x.length, options.seed), {
        tolerance: TOLERANCE,
        maxSteps: MAX_STEPS,
        afterStep: async (residual) => {
          const fraction = Math.min(Math.log(residual) / Math.log(TOLERANCE), 1);
          options.onProgress?.((start + fraction * x.length) / values.length);
          await pause();
        },
      });
      const uLevels = u.append(decomposition.u, decomposition.steps.u);
      const vLevels = v.append(decomposition.v, decomposition.steps.v);
      scales.push(decomposition.scale);
      trace.add(decomposition, uLevels, vLevels);
      iterations = Math.max(iterations, decomposition.residual.length - 1);
      warning ??= stopWarning(decomposition);
    }

    const bytes = new Map([
      [U_CODES, u.packedCodes()],
      [V_CODES, v.packedCodes()],
      [U_LEVELS, u.packedLevels()],
      [V_LEVELS, v.packedLevels()],
      [SCALES, encodeFloat32(Float32Array.from(scales), 'F32')],
    ]);
    return {
      values: kashinGreedy.dequantize(bytes, shape, options),
      parts: fillParts(kashinGreedy.layout(shape, options), bytes),
      iterations,
      decomposition: trace.finish(),
      ...(warning !== undefined && { warning }),
    };
  },

  layout(shape, { groupSize }) {
    const size = elementCount(shape);
    const segments = [...consecutive(0, size, SEGMENT_LENGTH)];
    const groups = segments.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / groupSize), 0);
    return [
      { suffix: U_CODES, dtype: 'U8', shape: [packedLength(size, 2)] },
      { suffix: V_CODES, dtype: 'U8', shape: [packedLength(size, 2)] },
      { suffix: U_LEVELS, dtype: 'F16', shape: [groups, 2] },
      { suffix: V_LEVELS, dtype: 'F16', shape: [groups, 2] },
      { suffix: SCALES, dtype: 'F32', shape: [segments.length] },
    ];
  },

  dequantize(parts, shape, { groupSize, seed }) {
    const size = elementCount(shape);
    const values = new Float32Array(size);
    const uCodes = unpackCodes(partOf(parts, U_CODES), 2, size);
    const vCodes = unpackCodes(partOf(parts, V_CODES), 2, size);
    const uLevels = floatsOf(parts, U_LEVELS, 'F16');
    const vLevels = floatsOf(parts, V_LEVELS, 'F16');
    const scales = floatsOf(parts, SCALES, 'F32');
    let group = 0;
    for (const [segment, { start, end }] of [...consecutive(0, size, SEGMENT_LENGTH)].entries()) {
      const u = values.subarray(start, end);
      const v = new Float32Array(end - start);
      decodeFactor(uCodes.subarray(start, end), uLevels.subarray(2 * group), groupSize, u);
      decodeFactor(vCodes.subarray(start, end), vLevels.subarray(2 * group), groupSize, v);
      group += Math.ceil((end - start) / groupSize);
      createInvolution(end - start, seed).apply(v);
      combine(u, v, scales[segment]!);
    }
    return values;
  },
};

/** u ← scale · (u + Pv), each operation rounded to float32; zeros where the scale is zero. */
function combine(u: Float32Array, rotated: Float32Array, scale: number): void {
  if (scale === 0) {
    u.fill(0);
    return;
  }
  for (let i = 0; i < u.length; i++) u[i] = scale * Math.fround(u[i]! + rotated[i]!);
}

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
