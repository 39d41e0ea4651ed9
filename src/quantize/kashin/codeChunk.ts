import { encodeFloat32 } from '../../modelfile/dtype';
import { joinBytes } from '../fieldReader';
import { packCodes } from '../packing';
import { codebookPairs } from './codebook';
import { vectorsOf, type KashinCoding } from './coding';
import { decomposeChunk, type ChunkFactors, type KashinAlgorithm } from './decomposeChunk';
import { rootMeanSquare } from './decomposition/norms';
import type { DecompositionRecord } from './decompositionRecord';
import { countFactors, type FactorCounts } from './factorCounts';
import { fitJointCodebook, nearestPairs } from './jointCodebook';
import { decodeKashinChunk, type KashinHead } from './kashinDecoder';
import { codeSeparately, meanLevels } from './separateCodebooks';

export interface CodeChunkInput {
  readonly algorithm: KashinAlgorithm;
  readonly head: KashinHead;
  readonly index: number;
  /** Elements of the chunk. */
  readonly values: Float32Array;
}

export interface CodedChunk {
  readonly bytes: Uint8Array;
  /** What a decoder makes of the bytes. */
  readonly values: Float32Array;
  readonly record: DecompositionRecord;
  readonly counts: FactorCounts;
}

/**
 * Decomposes the vectors of a chunk, chooses codes, packs them, and decodes them again. A task of the kernel
 * pool.
 */
export function codeChunk({ algorithm, head, index, values }: CodeChunkInput): CodedChunk {
  const { coding, chunks, unit } = head;
  const chunk = chunks[index]!;
  const factors = decomposeChunk(algorithm, coding, chunk, values);
  const scales = Float32Array.from(vectorsOf(chunk, coding.vectorLength), ({ start, end }) =>
    unit === 0 ? 0 : rootMeanSquare(values.subarray(start, end)) / unit,
  );
  const { codebooks, codes, pairs } =
    coding.codebook === 'joint' ? codeJointly(factors, coding.bits) : codeSeparateFactors(factors, coding);
  const packed = packCodes(codes, coding.bits);
  const pack = () => joinBytes(encodeFloat32(scales, 'F16'), codebooks, packed);
  let bytes = pack();
  let decoded = decodeKashinChunk(head, index, bytes);
  // Weights at the end of float32's range may be decoded to more than it holds.
  while (!decoded.every(Number.isFinite)) {
    for (let i = 0; i < scales.length; i++) scales[i] = 0.9 * scales[i]!;
    bytes = pack();
    decoded = decodeKashinChunk(head, index, bytes);
  }
  return {
    bytes,
    values: decoded,
    record: factors.record,
    counts: countFactors(factors.u, factors.v, pairs),
  };
}

interface Coded {
  /** As stored. */
  readonly codebooks: Uint8Array;
  readonly codes: Uint8Array;
  /** What codes stand for; with groups, on average. */
  readonly pairs: readonly (readonly [number, number])[];
}

function codeJointly({ u, v }: ChunkFactors, bits: number): Coded {
  const { codebook, bytes } = fitJointCodebook(u, v, bits);
  return { codebooks: bytes, codes: nearestPairs(u, v, codebook), pairs: codebookPairs(codebook) };
}

function codeSeparateFactors(
  { u, v, steps }: ChunkFactors,
  { groupSize, vectorLength }: KashinCoding,
): Coded {
  const stepsAt = (entry: number) => steps[Math.min(Math.floor(entry / vectorLength), steps.length - 1)]!;
  const { storedLevels, levels, codes } = codeSeparately(u, v, stepsAt, groupSize);
  return { codebooks: storedLevels, codes, pairs: codebookPairs(meanLevels(levels)) };
}
