import type { DecompositionTrace } from '../../protocol/events';
import type { KashinTransform } from '../../protocol/jobSpec';
import { inParallel } from '../kernels/inParallel';
import { matrixRows, rowLength } from '../matrixShape';
import type { QuantizationMethod, QuantizedTensor, QuantizeOptions } from '../method';
import type { CodedChunk } from './codeChunk';
import { SEPARATE_BITS, type KashinCoding } from './coding';
import { mergeRecords, type DecompositionRecord } from './decompositionRecord';
import { mergeCounts } from './factorCounts';
import { startKashinRows } from './rowCoder';
import { startHead } from './startHead';
import { traceOf } from './trace';
import type { KashinVariant } from './variant';
import { measureUnevenness, stallCause } from './unevenness';

/** A method of Kashin's family: x ≈ scale · (u + Q v), a code for every pair (u_i, v_i). */
export function createKashinMethod(variant: KashinVariant): QuantizationMethod {
  return {
    id: variant.id,
    startRows: (matrix, options) => startKashinRows(variant, matrix, options),
    async quantize(values, shape, options) {
      const { onProgress } = options;
      const code = (transform: KashinTransform, report?: (fraction: number) => void) =>
        codeTensor(variant, transform, { values, shape }, options, report);
      const transform = chooseTransform(variant, shape, options.transform);
      if (transform !== 'kronecker') return result(await code(transform, onProgress));
      const attempt = await code('kronecker');
      if (isUnfinished(attempt.record)) {
        const fallback = describeStall(attempt.record, values, shape);
        return result(await code('full', onProgress), fallback);
      }
      onProgress?.(1);
      return result(attempt);
    },
  };
}

/**
 * Elements of a vector where the transform is `full`. Longer vectors mix no better, and pieces of this size go to
 * threads and to readers one by one.
 */
const FULL_LENGTH = 2 ** 20;
/** Shorter rows are left to the full transform, unless a person asks for rows: they mix less evenly. */
const SHORTEST_ROW = 256;

function chooseTransform(
  { transform: preferred }: KashinVariant,
  shape: readonly number[],
  asked: KashinTransform | undefined,
): KashinTransform {
  if (asked === 'kronecker') return matrixRows(shape) === undefined ? 'full' : asked;
  return asked ?? (preferred === 'rows' && rowLength(shape) < SHORTEST_ROW ? 'full' : preferred);
}

interface CodedTensor {
  readonly transform: KashinTransform;
  readonly coding: KashinCoding;
  readonly head: Uint8Array;
  readonly values: Float32Array;
  readonly chunks: readonly CodedChunk[];
  readonly record: DecompositionRecord;
}

async function codeTensor(
  { algorithm, codebook: preferred }: KashinVariant,
  transform: KashinTransform,
  { values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] },
  { bits, groupSize, seed, codebook = preferred, pool, signal }: QuantizeOptions,
  onProgress: ((fraction: number) => void) | undefined,
): Promise<CodedTensor> {
  const coding: KashinCoding = {
    bits: codebook === 'separate' ? SEPARATE_BITS : bits,
    codebook,
    groupSize,
    seed,
    ...vectorsFor(transform, shape, values.length),
  };
  const { bytes, head } = startHead(coding, values, shape);
  const chunks = await inParallel(
    head.chunks.length,
    (index) => {
      const { start, end } = head.chunks[index]!;
      return pool.run('kashin.chunk', { algorithm, head, index, values: values.subarray(start, end) });
    },
    { pool, signal, onDone: (done) => onProgress?.(done / head.chunks.length) },
  );
  const decoded = new Float32Array(values.length);
  for (const [i, { start }] of head.chunks.entries()) decoded.set(chunks[i]!.values, start);
  const record = chunks.map((chunk) => chunk.record).reduce(mergeRecords);
  return { transform, coding, head: bytes, values: decoded, chunks, record };
}

function vectorsFor(
  transform: KashinTransform,
  shape: readonly number[],
  size: number,
): Pick<KashinCoding, 'vectorLength' | 'columns'> {
  switch (transform) {
    case 'full':
      return { vectorLength: Math.min(size, FULL_LENGTH) };
    case 'rows':
      return { vectorLength: rowLength(shape) };
    case 'kronecker':
      return { vectorLength: size, columns: rowLength(shape) };
  }
}

function result(
  { transform, coding, head, values, chunks, record }: CodedTensor,
  fallback?: StallReport,
): QuantizedTensor {
  const counts = chunks.map((chunk) => chunk.counts).reduce(mergeCounts);
  const warning = warningOf(record, fallback);
  return {
    values,
    packed: { head, chunks: chunks.map(({ bytes }) => bytes) },
    coding: { ...coding },
    iterations: record.left.length - 1,
    decomposition: {
      ...traceOf(record, counts, { transform, codebook: coding.codebook }),
      ...(fallback !== undefined && { fallback }),
    },
    ...(warning !== undefined && { warning }),
  };
}

type StallReport = NonNullable<DecompositionTrace['fallback']>;

function isUnfinished({ stalled, stepLimit }: DecompositionRecord): boolean {
  return stalled + stepLimit > 0;
}

function describeStall(
  { left, energy, flat, running }: DecompositionRecord,
  values: Float32Array,
  shape: readonly number[],
): StallReport {
  return {
    steps: left.length - 1,
    residual: Math.sqrt(left.at(-1)! / energy),
    flatness: Math.sqrt(flat.at(-1)! / running.at(-1)!),
    cause: stallCause(measureUnevenness(values, values.length / rowLength(shape))),
  };
}

/** What a person should know of decompositions that stopped before their tolerance. */
function warningOf(record: DecompositionRecord, fallback: StallReport | undefined): string | undefined {
  const { energy, left, stalled, stepLimit, vectors } = record;
  if (isUnfinished(record)) {
    const percent = (100 * Math.sqrt(left.at(-1)! / energy)).toPrecision(2);
    const which = vectors === 1 ? 'The decomposition' : `${stalled + stepLimit} of ${vectors} decompositions`;
    return `${which} ${stalled > 0 ? 'made hardly any progress' : 'came to the step limit'}: ${percent} % of the norm is left over and lost.`;
  }
  if (fallback === undefined) return undefined;
  return (
    `The Kronecker product stalled after ${fallback.steps} steps, at a health of ${fallback.flatness.toFixed(2)} ` +
    `where 0.75 is usual, because ${fallback.cause}. A matrix over the whole tensor took over.`
  );
}
