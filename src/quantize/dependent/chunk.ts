import { damaged } from '../damage';
import { streamRanges } from './layout';

/** Bytes before the streams of a chunk of four: the lengths of the first three, u32. */
const TABLE_BYTES = 12;
/** Bytes of a stream's state: no stream is shorter. */
const STATE_BYTES = 4;

/** Bytes of a chunk before its streams. */
export function chunkTableBytes(streams: number): number {
  return streams === 1 ? 0 : TABLE_BYTES;
}

/** A chunk of one stream, or of four. */
export function joinStreams(streams: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let end = chunkTableBytes(streams.length);
  const chunk = new Uint8Array(streams.reduce((sum, { length }) => sum + length, end));
  const table = new DataView(chunk.buffer);
  for (const [i, stream] of streams.entries()) {
    if (i + 1 < streams.length) table.setUint32(4 * i, stream.length, true);
    chunk.set(stream, end);
    end += stream.length;
  }
  return chunk;
}

/**
 * The streams of a chunk of `length` weights.
 * @throws UserError `native-damaged`
 */
export function splitStreams(chunk: Uint8Array, length: number): Uint8Array[] {
  const count = streamRanges(length).length;
  const streams: Uint8Array[] = [];
  let start = chunkTableBytes(count);
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
