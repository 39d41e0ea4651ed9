import { KASHIN_CODEBOOKS, type KashinCodebook } from '../../protocol/jobSpec';
import { numberAt, oneOfAt, optional, type JsonObject } from '../../protocol/validate';
import { damaged } from '../damage';
import type { Range } from '../groups';

/** How a tensor is coded as x = scale · (u + Q v), vector by vector; stands in the native file as JSON. */
export interface KashinCoding {
  /** Bits of a code, which stands for a pair (u, v). */
  readonly bits: number;
  /** `joint`: one list of pairs for each chunk. `separate`: levels ±a, ±b of u and of v for each group. */
  readonly codebook: KashinCodebook;
  /** Elements of a vector; the last one takes what is left over. */
  readonly vectorLength: number;
  /** Elements that share levels, where the codebooks are separate; groups start anew with each chunk. */
  readonly groupSize: number;
  readonly seed: number;
  /**
   * Where Q is a Kronecker product: columns of the matrix that the one vector is. Rows are mixed by the involution
   * of `seed`, columns by that of `seed` + 1. Absent where Q is the involution of the vector's length.
   */
  readonly columns?: number;
}

/** Bits of a code of separate codebooks: two for u, two for v. */
export const SEPARATE_BITS = 4;

/** @throws UserError `malformed` */
export function parseKashinCoding(coding: JsonObject): KashinCoding {
  const length = (key: string) => numberAt(coding[key], key, { min: 1, max: 2 ** 31, integer: true });
  const columns = optional(coding['columns'], () => length('columns'));
  const codebook = oneOfAt(coding['codebook'], 'codebook', KASHIN_CODEBOOKS);
  const most = codebook === 'joint' ? 8 : SEPARATE_BITS;
  return {
    bits: numberAt(coding['bits'], 'bits', {
      min: codebook === 'joint' ? 2 : most,
      max: most,
      integer: true,
    }),
    codebook,
    vectorLength: length('vectorLength'),
    groupSize: length('groupSize'),
    seed: numberAt(coding['seed'], 'seed', { min: 0, max: 2 ** 32 - 1, integer: true }),
    ...(columns !== undefined && { columns }),
  };
}

/** A chunk: the elements that it codes, and how many vectors they make. */
export interface KashinChunk extends Range {
  readonly vectors: number;
}

/** Elements that a chunk of short vectors aims at. */
const CHUNK_WEIGHTS = 2 ** 18;

/**
 * Cuts a tensor of `size` elements into vectors of `vectorLength`, and these into chunks of whole vectors. The
 * last vector has from half as many elements to one and a half times: a short one would mix badly.
 */
export function kashinChunks(size: number, vectorLength: number): readonly KashinChunk[] {
  const vectors = Math.max(1, Math.round(size / vectorLength));
  const most = Math.max(1, Math.floor(CHUNK_WEIGHTS / vectorLength));
  return Array.from({ length: Math.ceil(vectors / most) }, (_, chunk) => {
    const first = chunk * most;
    const next = Math.min(first + most, vectors);
    return {
      start: first * vectorLength,
      end: next === vectors ? size : next * vectorLength,
      vectors: next - first,
    };
  });
}

/** The vectors of a chunk, as ranges of the chunk's own elements. */
export function vectorsOf({ start, end, vectors }: KashinChunk, vectorLength: number): readonly Range[] {
  return Array.from({ length: vectors }, (_, i) => ({
    start: i * vectorLength,
    end: i + 1 === vectors ? end - start : (i + 1) * vectorLength,
  }));
}

/** Rows of the matrix that a Kronecker product works on. */
export function kroneckerRows(size: number, columns: number): number {
  if (size % columns !== 0) throw damaged(`${size} weights are no matrix of ${columns} columns`);
  return size / columns;
}
