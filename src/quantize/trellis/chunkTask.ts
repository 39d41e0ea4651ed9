import type { ChunkSettings } from '../incoherence/decodeChunk';
import { encodeChunk, type CodedChunk } from '../incoherence/encodeChunk';
import type { Sides } from '../incoherence/spreading';
import type { UnitEncoder } from '../incoherence/unitCode';
import { createSearchKernel } from './searchKernel';
import { trellisCode } from './tables';
import { trellisEncoder } from './trellisEncoder';

const encoders = new Map<string, UnitEncoder>();

/** The encoder of a shipped table; one for each in a thread. */
export function shippedEncoder(bits: number, windowBits: number): UnitEncoder {
  const key = `${bits}.${windowBits}`;
  let encoder = encoders.get(key);
  if (encoder === undefined) {
    const code = trellisCode(bits, windowBits);
    if (code === undefined) throw new Error(`No table of ${bits} bits and windows of ${windowBits}`);
    encoder = trellisEncoder(code, createSearchKernel(code));
    encoders.set(key, encoder);
  }
  return encoder;
}

/** Codes one chunk, on whatever thread. */
export function encodeTrellisChunk(
  weights: Float32Array,
  sides: Sides,
  settings: ChunkSettings,
  bits: number,
  windowBits: number,
): CodedChunk {
  return encodeChunk(weights, sides, settings, shippedEncoder(bits, windowBits));
}
