import type { ChunkSettings } from '../../incoherence/decodeChunk';
import { encodeChunk, type CodedChunk } from '../../incoherence/encodeChunk';
import type { Sides } from '../../incoherence/spreading';
import type { UnitEncoder } from '../../incoherence/unitCode';
import { frameOf } from './frame';
import { frameEncoder } from './frameEncoder';
import type { FrameSearch } from './search';
import { createSearchKernel } from './searchKernel';

/** Searches by frame, length and sweeps; one for each in a thread. */
const searches = new Map<string, FrameSearch>();

/** An encoder with the search in WebAssembly. */
export function kernelEncoder(bits: number, sweeps: number, seed: number): UnitEncoder {
  const frame = frameOf(bits);
  if (frame === undefined) throw new Error(`No frame of ${bits} bits`);
  return frameEncoder(frame, seed, (length) => {
    const key = `${bits}.${length}.${sweeps}`;
    const search = searches.get(key) ?? createSearchKernel(frame, length, sweeps);
    searches.set(key, search);
    return search;
  });
}

/** Codes one chunk, on whatever thread. */
export function encodeFrameChunk(
  weights: Float32Array,
  sides: Sides,
  settings: ChunkSettings,
  bits: number,
  sweeps: number,
): CodedChunk {
  return encodeChunk(weights, sides, settings, kernelEncoder(bits, sweeps, settings.seed));
}
