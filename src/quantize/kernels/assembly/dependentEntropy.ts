// The entropy coder of dependent quantization: rANS with states of 32 bits, which move 16 bits at a time, and
// frequencies of 12 bits. It runs backwards over the weights, so that a decoder runs forwards.

/** Bytes of a context's entry: smallest symbol, number of symbols, address of the first, unused. */
const CONTEXT_BYTES: usize = 16;
/** Bytes of a symbol's entry: 2⁴⁴ / frequency rounded up, frequency, sum of the frequencies before. */
const SYMBOL_BYTES: usize = 16;
const LOWEST: u32 = 1 << 16;

let contexts: usize = 0;
let symbols: usize = 0;
let classes: usize = 0;
let indices: usize = 0;
let words: usize = 0;

/** Lays out the memory for `contextCount` contexts with `symbolCount` symbols in all, and `count` weights. */
export function prepare(contextCount: i32, symbolCount: i32, count: i32): void {
  const padded = <usize>((count + 7) & ~7);
  contexts = (__heap_base + 63) & ~63;
  symbols = contexts + CONTEXT_BYTES * contextCount;
  classes = symbols + SYMBOL_BYTES * symbolCount;
  indices = classes + padded;
  // An escaped weight takes two words at most, and a stream's state two.
  words = indices + 2 * padded + 4 * padded + 64;
  const missing = <i32>((words + 65535) >> 16) - memory.size();
  if (missing > 0) memory.grow(missing);
}

/** Defines a context whose symbols are `first`, `first + 1`, …; their entries start at number `begin`. */
export function defineContext(context: i32, first: i32, count: i32, begin: i32): void {
  const at = contexts + CONTEXT_BYTES * context;
  store<i32>(at, first, 0);
  store<u32>(at, count, 4);
  store<u32>(at, <u32>(symbols + SYMBOL_BYTES * begin), 8);
}

/** Defines entry `symbol`. The one after a context's last symbol is its escape. */
export function defineSymbol(symbol: i32, frequency: u32, start: u32): void {
  const at = symbols + SYMBOL_BYTES * symbol;
  store<u64>(at, frequency == 0 ? 0 : ((<u64>1 << 44) + frequency - 1) / frequency, 0);
  store<u32>(at, frequency, 8);
  store<u32>(at, start, 12);
}

/** Address of the class of each weight: bytes. */
export function classesAt(): usize {
  return classes;
}

/** Address of the indices: int16. */
export function indicesAt(): usize {
  return indices;
}

/** Address after the last byte of what is encoded. */
export function endOfWords(): usize {
  return words;
}

/** Encodes the weights from `begin` to `end`; returns the address of the first byte of their stream. */
export function encode(begin: i32, end: i32): usize {
  let x = LOWEST;
  let at = words;
  for (let i = end - 1; i >= begin; i--) {
    const index = <i32>load<i16>(indices + 2 * i);
    const context = contexts + CONTEXT_BYTES * (2 * <usize>load<u8>(classes + i) + (index & 1));
    const count = load<u32>(context, 4);
    const place = <u32>((index >> 1) - load<i32>(context, 0));
    const first = <usize>load<u32>(context, 8);
    let entry = first + SYMBOL_BYTES * (place < count ? place : count);
    let frequency = load<u32>(entry, 8);
    if (place >= count || frequency == 0) {
      at -= 2;
      store<u16>(at, <u16>x);
      x = (x & 0xffff0000) | ((index >> 1) & 0xffff);
      entry = first + SYMBOL_BYTES * count;
      frequency = load<u32>(entry, 8);
    }
    if (x >> 20 >= frequency) {
      at -= 2;
      store<u16>(at, <u16>x);
      x >>= 16;
    }
    const quotient = <u32>((<u64>x * load<u64>(entry)) >> 44);
    x = (quotient << 12) + (x - quotient * frequency) + load<u32>(entry, 12);
  }
  at -= 4;
  store<u32>(at, (x << 16) | (x >> 16));
  return at;
}
