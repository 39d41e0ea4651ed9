/**
 * Codes of `bits` bits (1 to 8) as one stream, least significant bit first: bit j of code i is bit
 * (i·bits + j) mod 8 of byte ⌊(i·bits + j) / 8⌋. What is left of the last byte is zero.
 */
export function packCodes(codes: Uint8Array, bits: number): Uint8Array {
  const bytes = new Uint8Array(packedLength(codes.length, bits));
  let pending = 0;
  let filled = 0;
  let position = 0;
  const { length } = codes;
  for (let i = 0; i < length; i++) {
    pending |= codes[i]! << filled;
    filled += bits;
    if (filled >= 8) {
      bytes[position++] = pending;
      pending >>>= 8;
      filled -= 8;
    }
  }
  if (filled > 0) bytes[position] = pending;
  return bytes;
}

/** The first `count` codes of a stream made by {@link packCodes}. */
export function unpackCodes(bytes: Uint8Array, bits: number, count: number): Uint8Array {
  const codes = new Uint8Array(count);
  const mask = 2 ** bits - 1;
  let pending = 0;
  let filled = 0;
  let position = 0;
  for (let i = 0; i < count; i++) {
    if (filled < bits) {
      pending |= bytes[position++]! << filled;
      filled += 8;
    }
    codes[i] = pending & mask;
    pending >>>= bits;
    filled -= bits;
  }
  return codes;
}

/** Bytes of `count` packed codes. */
export function packedLength(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}
