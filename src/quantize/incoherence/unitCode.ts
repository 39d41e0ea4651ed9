/** Reads a fixed-rate code of numbers of mean 0 and variance 1. */
export interface UnitDecoder {
  /** Bytes of `count` numbers. */
  byteLength(count: number): number;
  /**
   * The numbers that as many bytes as `byteLength` says stand for.
   * @param rowLength numbers of a row where the sequence was coded by rows, else `count`
   * @throws UserError `native-damaged`
   */
  decode(bytes: Uint8Array, count: number, rowLength: number): Float32Array;
}

/** Writes such a code. */
export interface UnitEncoder {
  /** Codes a whole sequence. */
  encode(numbers: Float32Array): CodedSequence;
  /** Starts a sequence whose rows are known only one after another. */
  startRows(): RowWriter;
}

export interface CodedSequence {
  readonly bytes: Uint8Array;
  /** What a decoder gets. */
  readonly decoded: Float32Array;
}

export interface RowWriter {
  /** Codes the next row; returns what a decoder gets. */
  append(numbers: Float32Array): Float32Array;
  finish(): Uint8Array;
}
