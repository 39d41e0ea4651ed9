import { decodeFloat32, encodeFloat32 } from '../../../modelfile/dtype';
import { joinBytes } from '../../fieldReader';
import type { Range } from '../../groups';
import type { UnitEncoder } from '../../incoherence/unitCode';
import { packCodes } from '../../packing';
import { BlockCoder, type FrameCodes, type SearchOf } from './blockCoder';
import { blocksOf, frameSigns } from './blocks';
import { LevelFit } from './fitLevels';
import type { Frame } from './frame';
import { spreadOf, synthesize, type FrameLevels } from './synthesis';

/**
 * Codes with a frame for `frameDecoder`. A whole sequence has levels of its own, fitted to the result; rows
 * that come one after another have the frame's.
 */
export function frameEncoder(frame: Frame, seed: number, searchOf: SearchOf): UnitEncoder {
  const signs = frameSigns(seed);
  return {
    encode(numbers) {
      const blocks = blocksOf(numbers.length, numbers.length);
      const signed = withSigns(numbers, blocks, signs);
      const codes = new BlockCoder(frame, searchOf).code(signed, blocks);
      const { bytes, levels } = storeLevels(fitLevels(signed, blocks, codes, frame) ?? frame.levels);
      return { decoded: decode(codes, blocks, levels, signs), bytes: join(bytes, [codes], frame) };
    },
    startRows() {
      const coder = new BlockCoder(frame, searchOf);
      const { bytes, levels } = storeLevels(frame.levels);
      const rows: FrameCodes[] = [];
      return {
        append(numbers) {
          const blocks = blocksOf(numbers.length, numbers.length);
          const codes = coder.code(withSigns(numbers, blocks, signs), blocks);
          rows.push(codes);
          return decode(codes, blocks, levels, signs);
        },
        finish: () => join(bytes, rows, frame),
      };
    },
  };
}

/** Numbers with the signs of their coordinates: what is left to represent is a(u) + b·H v / √N. */
function withSigns(numbers: Float32Array, blocks: readonly Range[], signs: Int8Array): Float32Array {
  const signed = new Float32Array(numbers.length);
  for (const { start, end } of blocks) {
    for (let i = start; i < end; i++) signed[i] = numbers[i]! * signs[i - start]!;
  }
  return signed;
}

function fitLevels(
  signed: Float32Array,
  blocks: readonly Range[],
  { u, sums }: FrameCodes,
  { bits }: Frame,
): Float64Array | undefined {
  const fit = new LevelFit(bits - 1);
  for (const { start, end } of blocks) {
    const spread = spreadOf(end - start);
    fit.add(signed.subarray(start, end), u.subarray(start, end), sums.subarray(start, end), spread);
  }
  return fit.solve();
}

/** Levels as they are stored, and as they are read. */
function storeLevels(fitted: ArrayLike<number>): { bytes: Uint8Array; levels: FrameLevels } {
  const bytes = encodeFloat32(Float32Array.from(fitted), 'F16');
  return { bytes, levels: decodeFloat32(new Uint8Array(bytes), 'F16') };
}

function decode(
  { u, sums }: FrameCodes,
  blocks: readonly Range[],
  levels: FrameLevels,
  signs: Int8Array,
): Float32Array {
  const numbers = new Float32Array(u.length);
  for (const { start, end } of blocks) {
    numbers.set(synthesize(u.subarray(start, end), sums.subarray(start, end), levels, signs), start);
  }
  return numbers;
}

function join(levels: Uint8Array, rows: readonly FrameCodes[], { bits }: Frame): Uint8Array {
  const v = packCodes(joinBytes(...rows.map((row) => row.v)), 1);
  const u = packCodes(joinBytes(...rows.map((row) => row.u)), bits - 1);
  return joinBytes(levels, v, u);
}
