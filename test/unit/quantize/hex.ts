/** Bytes written in hexadecimal. */
export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Little-endian float32 numbers written in hexadecimal. */
export function floats(hex: string): Float32Array {
  return new Float32Array(bytes(hex).buffer);
}
