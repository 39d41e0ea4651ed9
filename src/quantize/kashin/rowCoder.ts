import { encodeFloat32 } from '../../modelfile/dtype';
import { joinBytes } from '../fieldReader';
import type { FeedbackMatrix, RowCoder, RowOptions } from '../method';
import { packCodes } from '../packing';
import { codebookOfLevels, codebookPairs, type Codebook } from './codebook';
import { SEPARATE_BITS, type KashinChunk, type KashinCoding } from './coding';
import { decomposeChunk, decomposer } from './decomposeChunk';
import { mergeRecords, recordOf, type DecompositionRecord } from './decompositionRecord';
import { countFactors, mergeCounts, type FactorCounts } from './factorCounts';
import { fitJointCodebook, pairFinder } from './jointCodebook';
import { decodeKashinChunk, type KashinHead } from './kashinDecoder';
import { matricesOf } from './matrices';
import { codeSeparately, meanLevels } from './separateCodebooks';
import { startHead } from './startHead';
import { traceOf } from './trace';
import type { KashinVariant } from './variant';

/**
 * Codes a matrix under error feedback: each row is decomposed as it is when its turn comes. Rows are in units of
 * their own root mean square, in which their factors look alike before and after the errors of others were added;
 * so codebooks are fitted before the first row, to the decompositions of the rows as they are then.
 *
 * Long vectors make the greedy algorithm take two steps to one factor and two to the other in turn. Rows are short
 * and stray from that order, each in its own way, and no codebook serves all ways; so they are decomposed on the
 * fixed schedule, which is that order.
 */
export function startKashinRows(
  { algorithm: preferredAlgorithm, codebook: preferred }: KashinVariant,
  { rows, columns, work }: FeedbackMatrix,
  { bits, groupSize, seed, codebook = preferred }: RowOptions,
): RowCoder {
  const coding: KashinCoding = {
    bits: codebook === 'separate' ? SEPARATE_BITS : bits,
    codebook,
    // Groups of whole rows: what shares levels is known before a row is coded.
    groupSize: columns * Math.max(1, Math.round(groupSize / columns)),
    seed,
    vectorLength: columns,
  };
  const algorithm = preferredAlgorithm === 'greedy' ? 'alternating' : preferredAlgorithm;
  const { bytes, head } = startHead(coding, work, [rows, columns]);
  const decompose = decomposer(algorithm, coding);
  const matrices = matricesOf(coding);
  const codebooks = head.chunks.map((chunk) => fitCodebooks(algorithm, coding, chunk, work));
  const scales = head.chunks.map(({ vectors }) => new Float32Array(vectors));
  const codes = head.chunks.map(({ start, end }) => new Uint8Array(end - start));
  const rowsAChunk = head.chunks[0]!.vectors;
  const rowHead: KashinHead = {
    coding: { ...coding, groupSize: columns },
    chunks: [{ start: 0, end: columns, vectors: 1 }],
    unit: head.unit,
  };
  let record: DecompositionRecord | undefined;
  let counts: FactorCounts | undefined;

  return {
    code(index, reconstruction) {
      const chunk = Math.floor(index / rowsAChunk);
      const inChunk = index % rowsAChunk;
      const { stored, find, pairs } = codebooks[chunk]!.ofRow(inChunk);
      const decomposition = decompose(work.subarray(index * columns, (index + 1) * columns));
      const { u, v } = decomposition;
      const rowCodes = find(u, v);
      let scale = head.unit === 0 ? 0 : decomposition.scale / head.unit;
      const decode = () => {
        const packed = packCodes(rowCodes, coding.bits);
        const row = joinBytes(encodeFloat32(Float32Array.of(scale), 'F16'), stored, packed);
        return decodeKashinChunk(rowHead, 0, row, matrices);
      };
      let decoded = decode();
      // Weights at the end of float32's range may be decoded to more than it holds.
      while (!decoded.every(Number.isFinite)) {
        scale *= 0.9;
        decoded = decode();
      }
      reconstruction.set(decoded);
      scales[chunk]![inChunk] = scale;
      codes[chunk]!.set(rowCodes, inChunk * columns);
      const ownRecord = recordOf(decomposition);
      const ownCounts = countFactors(u, v, pairs);
      record = record === undefined ? ownRecord : mergeRecords(record, ownRecord);
      counts = counts === undefined ? ownCounts : mergeCounts(counts, ownCounts);
    },
    finish: () => ({
      packed: {
        head: bytes,
        chunks: codebooks.map(({ stored }, chunk) =>
          joinBytes(encodeFloat32(scales[chunk]!, 'F16'), stored, packCodes(codes[chunk]!, coding.bits)),
        ),
      },
      coding: { ...coding },
      iterations: record!.left.length - 1,
      decomposition: traceOf(record!, counts!, { transform: 'rows', codebook }),
    }),
  };
}

/** The codebooks of a chunk. */
interface ChunkCodebooks {
  /** All of them, as stored. */
  readonly stored: Uint8Array;
  ofRow(row: number): RowCodebook;
}

/** The codebook of a row. */
interface RowCodebook {
  readonly stored: Uint8Array;
  readonly find: (u: Float32Array, v: Float32Array) => Uint8Array;
  /** What codes stand for; with groups, on average. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** Bytes of the levels of a group: four float16 numbers. */
const LEVEL_BYTES = 8;

function fitCodebooks(
  algorithm: KashinVariant['algorithm'],
  coding: KashinCoding,
  chunk: KashinChunk,
  work: Float32Array,
): ChunkCodebooks {
  const { bits, codebook, groupSize, vectorLength } = coding;
  const { u, v, steps } = decomposeChunk(algorithm, coding, chunk, work.subarray(chunk.start, chunk.end));
  if (codebook === 'joint') {
    const joint = fitJointCodebook(u, v, bits);
    const all = rowCodebook(joint.codebook, joint.bytes);
    return { stored: joint.bytes, ofRow: () => all };
  }
  const stepsAt = (entry: number) => steps[Math.min(Math.floor(entry / vectorLength), steps.length - 1)]!;
  const { storedLevels, levels } = codeSeparately(u, v, stepsAt, groupSize);
  const pairs = codebookPairs(meanLevels(levels));
  const groups = Array.from({ length: levels.length / 4 }, (_, g) => {
    const [au, bu, av, bv] = levels.subarray(4 * g) as unknown as [number, number, number, number];
    const stored = storedLevels.subarray(LEVEL_BYTES * g, LEVEL_BYTES * (g + 1));
    return rowCodebook(codebookOfLevels([au, bu, av, bv]), stored, pairs);
  });
  return {
    stored: storedLevels,
    ofRow: (row) => groups[Math.floor((row * vectorLength) / groupSize)]!,
  };
}

function rowCodebook(
  codebook: Codebook,
  stored: Uint8Array,
  pairs: RowCodebook['pairs'] = codebookPairs(codebook),
): RowCodebook {
  return { stored, find: pairFinder(codebook), pairs };
}
