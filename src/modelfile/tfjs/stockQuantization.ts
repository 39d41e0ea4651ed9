import { decodeFloat32, DTYPE_BYTES } from '../dtype';
import type { DType } from '../model';

/** The three encodings that the stock TensorFlow.js loader opens, one for a whole tensor. */
export type StockQuantization =
  | { readonly dtype: 'uint8' | 'uint16'; readonly scale: number; readonly min: number }
  | { readonly dtype: 'float16' };

const STORED_DTYPE = { uint8: 'U8', uint16: 'U16', float16: 'F16' } as const;

/** Bytes that an element takes in the file. */
export function storedWidth({ dtype }: StockQuantization): number {
  return DTYPE_BYTES[STORED_DTYPE[dtype]];
}

/** Unpacks a tensor to the bytes of its own type: value · scale + min, rounded for int32. */
export function decodeStock(
  stored: Uint8Array<ArrayBuffer>,
  quantization: StockQuantization,
  dtype: DType,
): Uint8Array<ArrayBuffer> {
  const codes = decodeFloat32(stored, STORED_DTYPE[quantization.dtype]);
  if (quantization.dtype === 'float16') return new Uint8Array(codes.buffer);
  const { scale, min } = quantization;
  const values = dtype === 'I32' ? new Int32Array(codes.length) : new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const value = codes[i]! * scale + min;
    values[i] = dtype === 'I32' ? Math.round(value) : value;
  }
  return new Uint8Array(values.buffer);
}
