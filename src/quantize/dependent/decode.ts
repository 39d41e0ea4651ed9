import { numberAt } from '../../protocol/validate';
import { damaged } from '../damage';
import type { OpenDecoder } from '../decoder';
import { fillClasses } from './entropyModel';
import { parseHead } from './head';
import { chunkRanges, LONGEST_CHUNK, rowPieces, streamRanges, type Layout } from './layout';
import { createPlainStreamDecoder } from './plainStreamDecoder';
import { rowStep } from './rowSteps';
import type { StreamDecoder } from './streamDecoder';
import { createStreamKernel, hasStreamKernel } from './streamKernel';
import { trellisOf } from './trellis';

/** Bytes before the streams of a chunk of four: the lengths of the first three. */
const TABLE_BYTES = 12;
/** Bytes of a stream's state. */
const STATE_BYTES = 4;

/** Decodes tensors of the method `dependent`, docs/native-format.md. Works in browsers. */
export const openDependent: OpenDecoder = (coding, shape, head) => {
  const create = hasStreamKernel() ? createStreamKernel : createPlainStreamDecoder;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const trellis = trellisOf(numberAt(coding['stateBits'], 'stateBits'));
  if (trellis === undefined) throw damaged(`there is no trellis of ${String(coding['stateBits'])} bits`);
  const layout: Layout = {
    size,
    columns: numberAt(coding['columns'], 'columns', { min: 1, max: size, integer: true }),
    chunk: numberAt(coding['chunk'], 'chunk', { min: 1, max: LONGEST_CHUNK, integer: true }),
  };
  const { step, rowQuarters, model } = parseHead(head, layout);
  const stepOf = (row: number) => rowStep(step, rowQuarters?.[row] ?? 0);
  if (rowQuarters?.some((_, row) => stepOf(row) === Infinity)) throw damaged('its steps are out of range');
  const ranges = chunkRanges(layout);
  let decoder: StreamDecoder | undefined;

  return {
    ranges,
    decode(index, chunk) {
      const range = ranges[index]!;
      const length = range.end - range.start;
      decoder ??= create(trellis, model.tables, Math.min(size, layout.chunk));
      const classes = new Uint8Array(length);
      fillClasses(model, layout, range, classes);
      const steps = [...rowPieces(layout, range)].map(({ row, start, end }) => ({
        start: start - range.start,
        end: end - range.start,
        step: stepOf(row),
      }));
      const weights = decoder.decode(splitStreams(chunk, length), classes, steps);
      if (weights === undefined) throw damaged('its codes end in the wrong place');
      return weights;
    },
  };
};

/** The streams of a chunk; four have the lengths of the first three before them. */
export function splitStreams(chunk: Uint8Array, length: number): Uint8Array[] {
  const count = streamRanges(length).length;
  const streams: Uint8Array[] = [];
  let start = count === 1 ? 0 : TABLE_BYTES;
  if (chunk.length < start) throw damaged('it is cut short');
  const table = new DataView(chunk.buffer, chunk.byteOffset, start);
  for (let i = 0; i < count; i++) {
    const end = i === count - 1 ? chunk.length : start + table.getUint32(4 * i, true);
    if (end > chunk.length || end - start < STATE_BYTES) throw damaged('its streams have impossible lengths');
    streams.push(chunk.subarray(start, end));
    start = end;
  }
  return streams;
}

/** The opposite of {@link splitStreams}. */
export function joinStreams(streams: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const start = streams.length === 1 ? 0 : TABLE_BYTES;
  const chunk = new Uint8Array(streams.reduce((sum, { length }) => sum + length, start));
  const table = new DataView(chunk.buffer);
  let end = start;
  for (const [i, stream] of streams.entries()) {
    if (i + 1 < streams.length) table.setUint32(4 * i, stream.length, true);
    chunk.set(stream, end);
    end += stream.length;
  }
  return chunk;
}
