// The decoder of dependent quantization: rANS, and the state machine that says which of the two quantizers
// is next. Whatever the bytes are, it reads and writes only its own memory.

const SLOTS: i32 = 4096;
const LOWEST: u32 = 1 << 16;
/** Bit of an entry whose symbol lies beyond the alphabet; 16 bits of the symbol itself follow. */
const ESCAPE: u64 = 1 << 15;

let mask0: i32 = 0;
let mask1: i32 = 0;

let slots: usize = 0;
let symbols: usize = 0;
let classes: usize = 0;
let indices: usize = 0;
let values: usize = 0;
let bytes: usize = 0;

/**
 * Lays out the memory for `contextCount` contexts with `symbolCount` symbols in all, and chunks of `count`
 * weights in `byteCount` bytes, of a code with the polynomials `h0` and `h1`.
 */
export function prepare(
  contextCount: i32,
  symbolCount: i32,
  count: i32,
  byteCount: i32,
  h0: i32,
  h1: i32,
): void {
  mask0 = h0 >> 1;
  mask1 = h1 >> 1;
  const padded = <usize>((count + 7) & ~7);
  slots = (__heap_base + 63) & ~63;
  symbols = slots + 2 * SLOTS * contextCount;
  classes = symbols + ((8 * symbolCount + 63) & ~63);
  indices = classes + padded;
  values = indices + 2 * padded;
  bytes = values + 4 * padded;
  // A weight takes two words at most: what lies behind the chunk is read where its bytes are wrong.
  const end = bytes + byteCount + 4 * padded + 64;
  const missing = <i32>((end + 65535) >> 16) - memory.size();
  if (missing > 0) memory.grow(missing);
}

/** Address of the number of the symbol of each slot: uint16, 4096 for each context. */
export function slotsAt(): usize {
  return slots;
}

/**
 * Address of the symbols, four uint16 each: the frequency, with bit 15 where the symbol is an escape; where
 * its slots start; its index in the context's quantizer; and what that index changes in the window of states.
 */
export function symbolsAt(): usize {
  return symbols;
}

/** Address of the class of each weight: bytes. */
export function classesAt(): usize {
  return classes;
}

/** Address of the chunk. */
export function bytesAt(): usize {
  return bytes;
}

/** Address of the decoded weights: float32. */
export function valuesAt(): usize {
  return values;
}

@inline
function lookUp(at: i32, w: i32, x: u32): u64 {
  const context = 2 * <usize>load<u8>(classes + at) + (w & 1);
  const slot = load<u16>(slots + (context << 13) + 2 * (x & (SLOTS - 1)));
  return load<u64>(symbols + 8 * <usize>slot);
}

@inline
function removed(entry: u64, x: u32): u32 {
  return <u32>(entry & 0x7fff) * (x >> 12) + (x & (SLOTS - 1)) - (<u32>entry >> 16);
}

@inline
function refilled(x: u32, at: usize): u32 {
  return select((x << 16) | load<u16>(at), x, x < LOWEST);
}

@inline
function indexOf(entry: u64): i16 {
  return <i16>(entry >> 32);
}

@inline
function nextWindow(w: i32, entry: u64): i32 {
  return (w >> 1) ^ <i32>(entry >> 48);
}

/** The entry of an escaped symbol, which the lower half of the state is, in the quantizer of window `w`. */
@inline
function escaped(w: i32, x: u32): u64 {
  const window = (-(w & 1) & mask0) ^ (-(x & 1) & mask1);
  const index = <u16>(2 * x + (w & 1));
  return (<u64>window << 48) | (<u64>index << 32);
}

@inline
function withoutSymbol(x: u32, at: usize): u32 {
  return (x & 0xffff0000) | load<u16>(at);
}

@inline
function stateAt(at: usize): u32 {
  const state = load<u32>(at);
  return (state << 16) | (state >> 16);
}

/** Decodes weights `begin` to `end` from the stream of bytes `from` to `to`; false where they do not fit. */
export function decodeOne(begin: i32, end: i32, from: i32, to: i32): bool {
  return decodeRest(begin, end, stateAt(bytes + from), bytes + from + 4, bytes + to, 0);
}

function decodeRest(begin: i32, end: i32, x: u32, at: usize, stop: usize, w: i32): bool {
  for (let i = begin; i < end; i++) {
    let entry = lookUp(i, w, x);
    x = removed(entry, x);
    const refills = <usize>(x < LOWEST);
    x = refilled(x, at);
    at += 2 * refills;
    if (entry & ESCAPE) {
      entry = escaped(w, x);
      x = withoutSymbol(x, at);
      at += 2;
    }
    store<i16>(indices + 2 * i, indexOf(entry));
    w = nextWindow(w, entry);
  }
  return x == LOWEST && at == stop;
}

/**
 * Decodes `count` weights from four streams, side by side because each alone waits for itself most of the
 * time. Three have a quarter of the weights, the last what is left. They lie one after another from the
 * bytes `from0`, `from1`, `from2` and `from3` to `to`.
 */
export function decodeFour(count: i32, from0: i32, from1: i32, from2: i32, from3: i32, to: i32): bool {
  const quarter = count >> 2;
  let x0 = stateAt(bytes + from0);
  let x1 = stateAt(bytes + from1);
  let x2 = stateAt(bytes + from2);
  let x3 = stateAt(bytes + from3);
  let at0 = bytes + from0 + 4;
  let at1 = bytes + from1 + 4;
  let at2 = bytes + from2 + 4;
  let at3 = bytes + from3 + 4;
  let w0 = 0;
  let w1 = 0;
  let w2 = 0;
  let w3 = 0;
  for (let i = 0; i < quarter; i++) {
    const i1 = i + quarter;
    const i2 = i1 + quarter;
    const i3 = i2 + quarter;
    let entry0 = lookUp(i, w0, x0);
    let entry1 = lookUp(i1, w1, x1);
    let entry2 = lookUp(i2, w2, x2);
    let entry3 = lookUp(i3, w3, x3);
    x0 = removed(entry0, x0);
    x1 = removed(entry1, x1);
    x2 = removed(entry2, x2);
    x3 = removed(entry3, x3);
    const refills0 = <usize>(x0 < LOWEST);
    const refills1 = <usize>(x1 < LOWEST);
    const refills2 = <usize>(x2 < LOWEST);
    const refills3 = <usize>(x3 < LOWEST);
    x0 = refilled(x0, at0);
    x1 = refilled(x1, at1);
    x2 = refilled(x2, at2);
    x3 = refilled(x3, at3);
    at0 += 2 * refills0;
    at1 += 2 * refills1;
    at2 += 2 * refills2;
    at3 += 2 * refills3;
    if ((entry0 | entry1 | entry2 | entry3) & ESCAPE) {
      if (entry0 & ESCAPE) {
        entry0 = escaped(w0, x0);
        x0 = withoutSymbol(x0, at0);
        at0 += 2;
      }
      if (entry1 & ESCAPE) {
        entry1 = escaped(w1, x1);
        x1 = withoutSymbol(x1, at1);
        at1 += 2;
      }
      if (entry2 & ESCAPE) {
        entry2 = escaped(w2, x2);
        x2 = withoutSymbol(x2, at2);
        at2 += 2;
      }
      if (entry3 & ESCAPE) {
        entry3 = escaped(w3, x3);
        x3 = withoutSymbol(x3, at3);
        at3 += 2;
      }
    }
    store<i16>(indices + 2 * i, indexOf(entry0));
    store<i16>(indices + 2 * i1, indexOf(entry1));
    store<i16>(indices + 2 * i2, indexOf(entry2));
    store<i16>(indices + 2 * i3, indexOf(entry3));
    w0 = nextWindow(w0, entry0);
    w1 = nextWindow(w1, entry1);
    w2 = nextWindow(w2, entry2);
    w3 = nextWindow(w3, entry3);
  }
  const whole = x0 == LOWEST && x1 == LOWEST && x2 == LOWEST;
  const ended = at0 == bytes + from1 && at1 == bytes + from2 && at2 == bytes + from3;
  return decodeRest(4 * quarter, count, x3, at3, bytes + to, w3) && whole && ended;
}

/** Weights `begin` to `end` from their indices and their step. */
export function scale(begin: i32, end: i32, step: f32): void {
  const steps = f32x4.splat(step);
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const eight = v128.load(indices + 2 * i);
    const to = values + 4 * i;
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), steps));
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), steps), 16);
  }
  for (; i < end; i++) store<f32>(values + 4 * i, <f32>load<i16>(indices + 2 * i) * step);
}
