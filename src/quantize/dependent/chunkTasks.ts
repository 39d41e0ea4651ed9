import { joinStreams } from './chunk';
import { encodeEntropy } from './entropyCoder';
import type { FrequencyTable } from './frequencyTable';
import { rowPieces, streamRanges } from './layout';
import { searchFrom, trellisSearch } from './search';
import { fillTargets } from './targets';

/** Consecutive weights of a matrix, and how they are scaled. */
export interface ScaledWeights {
  readonly weights: Float32Array;
  readonly columns: number;
  /** Column of the first weight. */
  readonly column: number;
  readonly step: number;
  /** Root mean square of each row that has weights here. */
  readonly rms: Float64Array;
}

/** The integers of one stream. */
export function searchStream(stateBits: number, stream: ScaledWeights): Int16Array {
  const { weights, columns, column, step, rms } = stream;
  const targets = new Float32Array(weights.length);
  for (const { row, start, end } of rowPieces({ columns }, { start: column, end: column + weights.length })) {
    const [from, to] = [start - column, end - column];
    const scaling = { step, rms: rms[row]! };
    fillTargets(weights.subarray(from, to), scaling, targets.subarray(from, to));
  }
  const indices = new Int16Array(weights.length);
  searchFrom(trellisSearch(stateBits), targets, 0, indices);
  return indices;
}

/** The bytes of one chunk. */
export function encodeChunk(
  indices: Int16Array,
  classes: Uint8Array,
  tables: readonly FrequencyTable[],
): Uint8Array {
  const streams = streamRanges(indices.length).map(({ start, end }) =>
    encodeEntropy(indices.subarray(start, end), classes.subarray(start, end), tables),
  );
  return joinStreams(streams);
}
