import type { RowWriter, UnitEncoder } from '../incoherence/unitCode';
import { joinBytes } from '../fieldReader';
import { packCodes } from '../packing';
import { numberTable, type TrellisCode } from './code';
import type { TrellisSearch } from './search';
import { trellisWeights } from './weights';

/** Codes with a trellis for `trellisDecoder`; paths go on from row to row. */
export function trellisEncoder(code: TrellisCode, search: TrellisSearch): UnitEncoder {
  const startRows = () => new PathWriter(code, search);
  return {
    startRows,
    encode(numbers) {
      const writer = startRows();
      const decoded = writer.append(numbers);
      return { decoded, bytes: writer.finish() };
    },
  };
}

class PathWriter implements RowWriter {
  private state = 0;
  private readonly rows: Uint16Array[] = [];
  private readonly table: Float32Array;

  constructor(
    private readonly code: TrellisCode,
    private readonly search: TrellisSearch,
  ) {
    this.table = numberTable(code);
  }

  append(numbers: Float32Array): Float32Array {
    const found = this.search(trellisWeights(numbers, this.code), this.state);
    const entries = found.entries.slice();
    this.state = found.end;
    this.rows.push(entries);
    const { table } = this;
    const decoded = new Float32Array(entries.length);
    for (let i = 0; i < entries.length; i++) decoded[i] = table[entries[i]!]!;
    return decoded;
  }

  finish(): Uint8Array {
    const { windowBits, bits } = this.code;
    const count = this.rows.reduce((sum, { length }) => sum + length, 0);
    const entering = new Uint8Array(count);
    const buckets = new Uint8Array(count);
    let i = 0;
    for (const entries of this.rows) {
      for (let t = 0; t < entries.length; t++, i++) {
        entering[i] = entries[t]! & 1;
        buckets[i] = entries[t]! >> windowBits;
      }
    }
    return joinBytes(packCodes(entering, 1), packCodes(buckets, bits - 1));
  }
}
