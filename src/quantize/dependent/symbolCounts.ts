import { SYMBOL_LIMIT } from './frequencyTable';

const SYMBOLS = 2 * SYMBOL_LIMIT + 1;
/** Counters of one context: its symbols, and one for all symbols beyond. */
const STRIDE = SYMBOLS + 1;

/** How often each integer occurs, by the level of its weight and by its parity. */
export class SymbolCounts {
  private readonly counts: Uint32Array;

  constructor(readonly levels: number) {
    this.counts = new Uint32Array(levels * 2 * STRIDE);
  }

  /** Counts integers that are all of one level, or of `level` plus that of their column. */
  add(indices: Int16Array, level: number, columnLevels?: Uint8Array): void {
    const { counts } = this;
    const { length } = indices;
    const begin = 2 * STRIDE * level;
    for (let i = 0; i < length; i++) {
      const index = indices[i]!;
      const symbol = (index >> 1) + SYMBOL_LIMIT;
      const place = symbol >= 0 && symbol < SYMBOLS ? symbol : SYMBOLS;
      const column = columnLevels === undefined ? 0 : 2 * STRIDE * columnLevels[i]!;
      const at = begin + column + (index & 1) * STRIDE + place;
      counts[at] = counts[at]! + 1;
    }
  }

  /** The counters of levels `from` to `to` together. */
  context(from: number, to: number, parity: 0 | 1): ContextCounts {
    const sum = new Float64Array(STRIDE);
    for (let level = from; level < to; level++) {
      const begin = (2 * level + parity) * STRIDE;
      for (let i = 0; i < STRIDE; i++) sum[i] = sum[i]! + this.counts[begin + i]!;
    }
    return { parity, symbols: sum.subarray(0, SYMBOLS), beyond: sum[SYMBOLS]! };
  }
}

/** How often each symbol of one context occurs. */
export interface ContextCounts {
  readonly parity: 0 | 1;
  /** Of symbol s at s + 1023. */
  readonly symbols: Float64Array;
  /** Symbols that no table holds. */
  readonly beyond: number;
}

/** How many weights a context has. */
export function totalOf({ symbols, beyond }: ContextCounts): number {
  return symbols.reduce((sum, count) => sum + count, beyond);
}
