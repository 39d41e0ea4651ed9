import { encodeFloat32 } from '../../modelfile/dtype';
import { joinBytes } from '../fieldReader';
import { restore, type ChunkSettings } from './decodeChunk';
import { divide, normalize, scaleCodes, unitOf } from './scales';
import type { Sides } from './spreading';
import { createSpreading } from './createSpreading';
import type { UnitEncoder } from './unitCode';

export interface CodedChunk {
  readonly bytes: Uint8Array;
  /** What a decoder gets. */
  readonly values: Float32Array;
}

/**
 * Codes a chunk for `decodeChunk`: the weights in units are spread, each group is divided by its root mean
 * square, and the sequence is coded row after row.
 */
export function encodeChunk(
  weights: Float32Array,
  sides: Sides,
  { seed, mixing, rowsAScale }: ChunkSettings,
  code: UnitEncoder,
): CodedChunk {
  const spreading = createSpreading(sides, seed, mixing);
  const group = rowsAScale * sides.columns;
  const unit = unitOf(weights);
  const spread = divide(weights, unit);
  spreading.spread(spread);
  const scales = scaleCodes(spread, group);
  const { bytes, decoded } = code.encode(normalize(spread, scales, group));
  return {
    bytes: joinChunk(unit, scales, bytes),
    values: restore(decoded, { unit, scales, group }, spreading),
  };
}

/** The bytes of a chunk. */
export function joinChunk(unit: number, scales: Uint8Array, codes: Uint8Array): Uint8Array {
  return joinBytes(encodeFloat32(Float32Array.of(unit), 'F32'), scales, codes);
}
