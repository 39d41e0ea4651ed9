import { packedLength, unpackCodes } from '../packing';
import type { Codebook } from './codebook';
import type { KashinFactors } from './kashinDecoder';

/** Rows that are unpacked at once: their codes end with a byte, whatever bits and columns are. */
const BLOCK_ROWS = 8;

/** Codes that stand side by side in a row and share a codebook. */
interface Run {
  readonly codebook: Codebook;
  /** Of the block that is unpacked now. */
  readonly codes: Uint8Array;
  /** The first code of the run in it, and the column that it belongs to. */
  readonly start: number;
  readonly column: number;
  readonly length: number;
}

/** The rows of one chunk as packed codes, to be multiplied with. */
export class PackedRows {
  readonly count: number;

  constructor(
    private readonly factors: KashinFactors,
    private readonly bits: number,
    private readonly columns: number,
  ) {
    this.count = factors.scales.length;
  }

  /** product[r] = s_r·(u_r·x + v_r·w) for each row r. */
  multiply(x: Float32Array, w: Float32Array, product: Float32Array): void {
    const sums = new Float64Array(this.count);
    this.forEachRun((row, { codebook: { u, v }, codes, start, column, length }) => {
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const code = codes[start + i]!;
        sum += u[code]! * x[column + i]! + v[code]! * w[column + i]!;
      }
      sums[row] = sums[row]! + sum;
    });
    for (let row = 0; row < this.count; row++) product[row] = this.factors.scales[row]! * sums[row]!;
  }

  /** Adds Σ s_r·y_r·u_r to `uSum` and Σ s_r·y_r·v_r to `vSum`. */
  addTransposed(y: Float32Array, uSum: Float64Array, vSum: Float64Array): void {
    this.forEachRun((row, { codebook: { u, v }, codes, start, column, length }) => {
      const factor = this.factors.scales[row]! * y[row]!;
      for (let i = 0; i < length; i++) {
        const code = codes[start + i]!;
        uSum[column + i]! += factor * u[code]!;
        vSum[column + i]! += factor * v[code]!;
      }
    });
  }

  private forEachRun(visit: (row: number, run: Run) => void): void {
    const { columns, bits } = this;
    const { packed, codebooks, groupSize } = this.factors;
    const blockBytes = packedLength(BLOCK_ROWS * columns, bits);
    for (let first = 0; first < this.count; first += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, this.count - first);
      const codes = unpackCodes(packed.subarray((first / BLOCK_ROWS) * blockBytes), bits, rows * columns);
      for (let row = first; row < first + rows; row++) {
        const end = (row + 1) * columns;
        for (let at = row * columns, next; at < end; at = next) {
          const group = Math.floor(at / groupSize);
          next = Math.min(end, (group + 1) * groupSize);
          visit(row, {
            codebook: codebooks[group]!,
            codes,
            start: at - first * columns,
            column: at - row * columns,
            length: next - at,
          });
        }
      }
    }
  }
}
