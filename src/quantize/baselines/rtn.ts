import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { cooperate } from '../cooperate';
import { decodePacked } from '../decodeTensor';
import { joinBytes } from '../fieldReader';
import { chunksOfGroups, consecutive } from '../groups';
import type { QuantizationMethod } from '../method';
import { packCodes } from '../packing';
import { largestMagnitude } from './magnitude';
import { openRtn } from './rtnDecoder';

/** Groups between two looks at the clock. */
const GROUPS_A_SLICE = 64;

/**
 * Round to nearest, the baseline of all others: each group of `groupSize` consecutive weights has a step
 * and a zero point, x̂ = step · (code − zero), code and zero of `bits` bits each, the step in float16 as a
 * fraction of the tensor's largest magnitude. Costs `bits` + (16 + `bits`) / `groupSize` bits a weight.
 *
 * With the range `mse` the step minimises the squared error of its group over a range of clipped ranges,
 * {@link fitGrid}. The zero point makes it asymmetric. On normal samples in groups of 128 a symmetric grid
 * needs 0.07 to 0.15 bits more for the same error from 5 bits up, where the zero points cost 0.04 to 0.06;
 * from 2 to 4 bits the two are within 0.02 bits of each other; on skewed groups the zero point always wins.
 *
 * With `absmax` the grid is symmetric and its last level is the largest magnitude of the group; there are no
 * zero points to store. So work the plain int4 and int8 of many tools.
 */
export const rtn: QuantizationMethod = {
  id: 'rtn',

  async quantize(values, shape, options) {
    const { bits, groupSize, range } = options;
    const pause = cooperate(options.signal);
    const symmetric = range === 'absmax';
    const chooseGrid = symmetric ? fullGrid : fitGrid;
    const unit = largestMagnitude(values);
    const head = encodeFloat32(Float32Array.of(unit), 'F32');
    const chunks: Uint8Array[] = [];
    const sums = { step: 0, zero: 0, groups: 0 };
    for (const { start: chunkStart, end: chunkEnd } of chunksOfGroups(values.length, groupSize)) {
      const groups = [...consecutive(chunkStart, chunkEnd, groupSize)];
      const steps = new Float32Array(groups.length);
      const zeros = new Uint8Array(groups.length);
      for (const [g, { start, end }] of groups.entries()) {
        const grid = chooseGrid(values.subarray(start, end), bits);
        steps[g] = unit > 0 ? grid.step / unit : 0;
        zeros[g] = grid.zero;
        if (g % GROUPS_A_SLICE === 0) {
          options.onProgress?.(end / values.length);
          await pause();
        }
      }
      const storedSteps = encodeFloat32(steps, 'F16');
      const roundedSteps = decodeFloat32(new Uint8Array(storedSteps), 'F16');
      const codes = new Uint8Array(chunkEnd - chunkStart);
      for (const [g, { start, end }] of groups.entries()) {
        const step = Math.fround(unit * roundedSteps[g]!);
        const group = values.subarray(start, end);
        encodeGroup(group, step, zeros[g]!, bits, codes.subarray(start - chunkStart, end - chunkStart));
        sums.step += step;
        sums.zero += zeros[g]!;
        sums.groups++;
      }
      const storedZeros = symmetric ? [] : [packCodes(zeros, bits)];
      chunks.push(joinBytes(...storedZeros, storedSteps, packCodes(codes, bits)));
    }
    const packed = { head, chunks };
    const coding = { bits, groupSize, ...(symmetric && { symmetric }) };
    return {
      values: decodePacked(packed, { open: openRtn, coding, shape }),
      packed,
      coding,
      iterations: 0,
      levels: Array.from(
        { length: 2 ** bits },
        (_, code) => (sums.step / sums.groups) * (code - sums.zero / sums.groups),
      ),
    };
  },
};

interface Grid {
  readonly step: number;
  readonly zero: number;
}

/** Shrink factors of the range that are tried first, and how the best is then refined. */
const COARSE = [1, 0.93, 0.86, 0.79, 0.72, 0.65, 0.58, 0.51, 0.44];
const REFINEMENTS = [-0.047, -0.023, 0.023, 0.047];

/**
 * The grid with the least squared error among these: the range of the group, extended to hold zero,
 * shrunk by factors from 1 to 0.4 about zero, and the step that is the largest magnitude itself, which
 * is exact for a constant group.
 */
function fitGrid(group: Float32Array, bits: number): Grid {
  let low = 0;
  let high = 0;
  const { length } = group;
  for (let i = 0; i < length; i++) {
    const value = group[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const levels = 2 ** bits - 1;
  if (low === high) return { step: 0, zero: 0 };
  const constant = { step: Math.max(high, -low), zero: low < 0 ? 1 : 0 };
  let best: Grid = constant;
  let least = squaredError(group, best, levels);
  let bestFactor = 1;
  const attempt = (factor: number) => {
    const step = (factor * (high - low)) / levels;
    const zero = Math.floor((-factor * low) / step);
    for (const grid of [
      { step, zero },
      { step, zero: Math.min(zero + 1, levels) },
    ]) {
      const error = squaredError(group, grid, levels);
      if (error < least) {
        least = error;
        best = grid;
        bestFactor = factor;
      }
    }
  };
  COARSE.forEach(attempt);
  if (best !== constant) REFINEMENTS.map((change) => bestFactor + change).forEach(attempt);
  return best;
}

/** The symmetric grid that reaches to the largest magnitude. */
function fullGrid(group: Float32Array, bits: number): Grid {
  const zero = 2 ** (bits - 1);
  return { step: largestMagnitude(group) / (zero - 1), zero };
}

function squaredError(group: Float32Array, { step, zero }: Grid, levels: number): number {
  const inverse = 1 / step;
  const offset = zero + 0.5;
  let error = 0;
  const { length } = group;
  for (let i = 0; i < length; i++) {
    const value = group[i]!;
    const nearest = (value * inverse + offset) | 0;
    const code = nearest < 0 ? 0 : nearest > levels ? levels : nearest;
    const difference = value - step * (code - zero);
    error += difference * difference;
  }
  return error;
}

function encodeGroup(group: Float32Array, step: number, zero: number, bits: number, codes: Uint8Array): void {
  if (step === 0) {
    codes.fill(zero);
    return;
  }
  const levels = 2 ** bits - 1;
  for (let i = 0; i < group.length; i++) {
    codes[i] = Math.min(Math.max(Math.floor(group[i]! / step + 0.5) + zero, 0), levels);
  }
}
