import type { FrequencyTable } from './frequencyTable';
import type { Range } from '../groups';
import type { Trellis } from './trellis';

/** A stretch of a chunk's weights with a step of its own. */
export interface SteppedRange extends Range {
  readonly step: number;
}

/** Decodes the chunks of one tensor. */
export interface StreamDecoder {
  /**
   * The weights of a chunk, or `undefined` where its bytes do not end where their weights do. The next chunk
   * may overwrite them.
   *
   * @param streams the bytes of one stream, or of four
   * @param classes class of each weight
   * @param steps consecutive ranges that cover the chunk
   */
  decode(
    streams: readonly Uint8Array[],
    classes: Uint8Array,
    steps: readonly SteppedRange[],
  ): Float32Array | undefined;
}

/** Makes a decoder for chunks of at most `longest` weights. */
export type CreateStreamDecoder = (
  trellis: Trellis,
  tables: readonly FrequencyTable[],
  longest: number,
) => StreamDecoder;
