import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import type { JsonObject } from '../../protocol/validate';
import { cooperate } from '../cooperate';
import { decodePacked } from '../decodeTensor';
import { joinBytes } from '../fieldReader';
import { chunksOfGroups, consecutive } from '../groups';
import type { QuantizationMethod, QuantizeOptions } from '../method';
import type { PackedTensor } from '../packedTensor';
import { packCodes } from '../packing';
import { startGroupRows } from './groupRows';
import { largestMagnitude } from './magnitude';
import { openRtn } from './rtnDecoder';
import { fitGrid, fullGrid, type Grid } from './rtnGrid';

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
    const { bits, groupSize } = options;
    const pause = cooperate(options.signal);
    const chooseGrid = gridChooser(options);
    const unit = largestMagnitude(values);
    const codes = new Uint8Array(values.length);
    const grids: Grid[] = [];
    for (const { start, end } of consecutive(0, values.length, groupSize)) {
      const group = values.subarray(start, end);
      const grid = storable(chooseGrid(group, bits), unit);
      encodeGroup(group, grid, bits, codes.subarray(start, end));
      if (grids.push(grid) % GROUPS_A_SLICE === 0) {
        options.onProgress?.(end / values.length);
        await pause();
      }
    }
    const packed = packGroups({ unit, grids, codes }, options);
    const coding = codingOf(options);
    const mean = (part: (grid: Grid) => number) =>
      grids.reduce((sum, grid) => sum + part(grid), 0) / grids.length;
    const step = mean((grid) => grid.step);
    const zero = mean((grid) => grid.zero);
    return {
      values: decodePacked(packed, { open: openRtn, coding, shape }),
      packed,
      coding,
      iterations: 0,
      levels: Array.from({ length: 2 ** bits }, (_, code) => step * (code - zero)),
    };
  },

  startRows(matrix, options) {
    const { bits, groupSize } = options;
    const chooseGrid = gridChooser(options);
    const unit = largestMagnitude(matrix.work);
    return startGroupRows(matrix, groupSize, {
      fit(group) {
        const grid = storable(chooseGrid(group, bits), unit);
        const levels = Float32Array.from({ length: 2 ** bits }, (_, code) => grid.step * (code - grid.zero));
        return { levels, stored: grid };
      },
      pack: (grids, codes, size) => packGroups({ unit, grids, codes }, { ...options, groupSize: size }),
      coding: (size) => codingOf({ ...options, groupSize: size }),
    });
  },
};

type Coding = Pick<QuantizeOptions, 'bits' | 'groupSize' | 'range'>;

function gridChooser({ range }: Coding): (group: Float32Array, bits: number) => Grid {
  return range === 'absmax' ? fullGrid : fitGrid;
}

function codingOf({ bits, groupSize, range }: Coding): JsonObject {
  return { bits, groupSize, ...(range === 'absmax' && { symmetric: true }) };
}

/** A grid as a file holds it: the step in float16, in units of the largest magnitude. */
function storable({ step, zero }: Grid, unit: number): Grid {
  if (unit === 0) return { step: 0, zero };
  const [stored] = decodeFloat32(new Uint8Array(encodeFloat32(Float32Array.of(step / unit), 'F16')), 'F16');
  return { step: Math.fround(unit * stored!), zero };
}

interface CodedGroups {
  readonly unit: number;
  readonly grids: readonly Grid[];
  readonly codes: Uint8Array;
}

function packGroups({ unit, grids, codes }: CodedGroups, { bits, groupSize, range }: Coding): PackedTensor {
  const chunks = chunksOfGroups(codes.length, groupSize).map(({ start, end }) => {
    const inChunk = grids.slice(start / groupSize, Math.ceil(end / groupSize));
    const steps = Float32Array.from(inChunk, ({ step }) => (unit === 0 ? 0 : step / unit));
    const zeros = Uint8Array.from(inChunk, ({ zero }) => zero);
    return joinBytes(
      ...(range === 'absmax' ? [] : [packCodes(zeros, bits)]),
      encodeFloat32(steps, 'F16'),
      packCodes(codes.subarray(start, end), bits),
    );
  });
  return { head: encodeFloat32(Float32Array.of(unit), 'F32'), chunks };
}

function encodeGroup(group: Float32Array, { step, zero }: Grid, bits: number, codes: Uint8Array): void {
  if (step === 0) {
    codes.fill(zero);
    return;
  }
  const levels = 2 ** bits - 1;
  for (let i = 0; i < group.length; i++) {
    codes[i] = Math.min(Math.max(Math.floor(group[i]! / step + 0.5) + zero, 0), levels);
  }
}
