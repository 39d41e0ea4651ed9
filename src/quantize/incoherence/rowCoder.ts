import type { FeedbackMatrix, RowCoder } from '../method';
import { restore, type ChunkSettings } from './decodeChunk';
import { joinChunk } from './encodeChunk';
import { chunkMatrices, type ChunkMatrix } from './layout';
import { divide, normalize, scaleCodes, unitOf } from './scales';
import type { Spreading } from './spreading';
import { createSpreading } from './createSpreading';
import type { RowWriter, UnitEncoder } from './unitCode';

/**
 * Codes a matrix row by row. Rows are spread each by itself: an orthogonal change of the outputs leaves
 * the recurrence of error feedback, which mixes inputs, as it is. The code goes on from row to row within a
 * chunk. Each row has a scale.
 */
export function startIncoherentRows(
  { rows, columns, work }: FeedbackMatrix,
  seed: number,
  { coding, code }: { readonly coding: object; readonly code: UnitEncoder },
): RowCoder {
  const settings: ChunkSettings = { seed, mixing: 'rows', rowsAScale: 1 };
  const unit = unitOf(work);
  const chunks = chunkMatrices(rows * columns, columns).map(
    (chunk) => new OpenChunk(chunk, unit, settings, code),
  );
  let first = 0;
  return {
    code(index, reconstruction) {
      const [start, end] = [index * columns, (index + 1) * columns];
      while (chunks[first]!.matrix.end <= start) first++;
      for (let i = first; i < chunks.length && chunks[i]!.matrix.start < end; i++) {
        const chunk = chunks[i]!;
        const from = Math.max(start, chunk.matrix.start);
        const row = chunk.codeRow(work.subarray(from, from + chunk.matrix.columns));
        reconstruction.set(row, from - start);
      }
    },
    finish: () => ({
      packed: { head: new Uint8Array(0), chunks: chunks.map((chunk) => chunk.finish()) },
      coding: { ...coding, columns, ...settings },
    }),
  };
}

/** A chunk whose rows are coded one after another. */
class OpenChunk {
  private readonly spreading: Spreading;
  private readonly writer: RowWriter;
  private readonly scales: Uint8Array;
  private rowsDone = 0;

  constructor(
    readonly matrix: ChunkMatrix,
    private readonly unit: number,
    { seed, mixing }: ChunkSettings,
    code: UnitEncoder,
  ) {
    this.spreading = createSpreading({ rows: 1, columns: matrix.columns }, seed, mixing);
    this.writer = code.startRows();
    this.scales = new Uint8Array(matrix.rows);
  }

  /** Codes the next row; returns what a decoder gets. */
  codeRow(weights: Float32Array): Float32Array {
    const group = weights.length;
    const spread = divide(weights, this.unit);
    this.spreading.spread(spread);
    const scales = scaleCodes(spread, group);
    this.scales.set(scales, this.rowsDone++);
    const decoded = this.writer.append(normalize(spread, scales, group));
    return restore(decoded, { unit: this.unit, scales, group }, this.spreading);
  }

  finish(): Uint8Array {
    return joinChunk(this.unit, this.scales, this.writer.finish());
  }
}
