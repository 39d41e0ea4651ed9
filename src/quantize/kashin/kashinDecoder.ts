import type { JsonObject } from '../../protocol/validate';
import { damaged } from '../damage';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { consecutive, type Range } from '../groups';
import { elementCount } from '../matrixShape';
import { packedLength, unpackCodes } from '../packing';
import { codebookOfLevels, codebookOfPairs, type Codebook } from './codebook';
import { kashinChunks, parseKashinCoding, vectorsOf, type KashinChunk, type KashinCoding } from './coding';
import { matricesOf } from './matrices';

/** Codes of a chunk, and what they stand for. */
export interface KashinFactors {
  /** Of the chunk's vectors. */
  readonly scales: Float32Array;
  /** Codes of the chunk's elements, packed. */
  readonly packed: Uint8Array;
  /** Pairs for consecutive runs of `groupSize` elements; one where all share it. */
  readonly codebooks: readonly Codebook[];
  readonly groupSize: number;
}

/** What is common to the chunks of a tensor. */
export interface KashinHead {
  readonly coding: KashinCoding;
  readonly chunks: readonly KashinChunk[];
  /** Scales are fractions of it. */
  readonly unit: number;
}

/** Reads the head: the unit, float32. */
export function readKashinHead(json: JsonObject, shape: readonly number[], head: Uint8Array): KashinHead {
  const coding = parseKashinCoding(json);
  const fields = new FieldReader(head);
  const unit = fields.f32();
  fields.end();
  const size = elementCount(shape);
  if (coding.columns !== undefined && coding.vectorLength !== size) {
    throw damaged('a Kronecker product needs the tensor in one vector');
  }
  return { coding, chunks: kashinChunks(size, coding.vectorLength), unit };
}

/**
 * Reads chunk `index`: float16 scale of each vector, as a fraction of the unit; then float16 pairs u, v, one for each
 * code, where the codebook is joint, or the levels a, b of u and a, b of v of each group; packed codes.
 */
export function readKashinChunk(
  { coding, chunks, unit }: KashinHead,
  index: number,
  bytes: Uint8Array,
): KashinFactors {
  const { start, end, vectors } = chunks[index]!;
  const size = end - start;
  const fields = new FieldReader(bytes);
  const scales = fields.floats(vectors, 'F16').map((scale) => unit * scale);
  const joint = coding.codebook === 'joint';
  const groupSize = joint ? size : coding.groupSize;
  const codebooks = joint
    ? [codebookOfPairs(fields.floats(2 * 2 ** coding.bits, 'F16'))]
    : readLevels(fields, Math.ceil(size / groupSize));
  const packed = fields.take(packedLength(size, coding.bits));
  fields.end();
  return { scales, packed, codebooks, groupSize };
}

function readLevels(fields: FieldReader, groups: number): Codebook[] {
  const levels = fields.floats(4 * groups, 'F16');
  return Array.from({ length: groups }, (_, g) =>
    codebookOfLevels([levels[4 * g]!, levels[4 * g + 1]!, levels[4 * g + 2]!, levels[4 * g + 3]!]),
  );
}

/** Decodes every method of the Kashin family: x = scale · (u + Q v), vector by vector. */
export const openKashin: OpenDecoder = (coding, shape, bytes) => {
  const head = readKashinHead(coding, shape, bytes);
  const matrices = matricesOf(head.coding);
  return { ranges: head.chunks, decode: (index, chunk) => decodeKashinChunk(head, index, chunk, matrices) };
};

/** Elements of chunk `index`. */
export function decodeKashinChunk(
  head: KashinHead,
  index: number,
  chunk: Uint8Array,
  matrices = matricesOf(head.coding),
): Float32Array {
  const { coding, chunks } = head;
  const range = chunks[index]!;
  const { scales, packed, codebooks, groupSize } = readKashinChunk(head, index, chunk);
  const codes = unpackCodes(packed, coding.bits, range.end - range.start);
  const u = new Float32Array(codes.length);
  const v = new Float32Array(codes.length);
  for (const [g, group] of [...consecutive(0, codes.length, groupSize)].entries()) {
    expand(codes, codebooks[g]!, group, u, v);
  }
  for (const [i, { start, end }] of vectorsOf(range, coding.vectorLength).entries()) {
    const rotated = v.subarray(start, end);
    matrices(end - start).apply(rotated);
    combine(u.subarray(start, end), rotated, scales[i]!);
  }
  return u;
}

/** Writes what the codes of a group stand for. */
function expand(
  codes: Uint8Array,
  codebook: Codebook,
  { start, end }: Range,
  u: Float32Array,
  v: Float32Array,
): void {
  for (let i = start; i < end; i++) {
    const code = codes[i]!;
    u[i] = codebook.u[code]!;
    v[i] = codebook.v[code]!;
  }
}

/** u ← scale · (u + w), each operation rounded to float32; zeros where the scale is zero. */
function combine(u: Float32Array, w: Float32Array, scale: number): void {
  if (scale === 0) {
    u.fill(0);
    return;
  }
  for (let i = 0; i < u.length; i++) u[i] = scale * Math.fround(u[i]! + w[i]!);
}
