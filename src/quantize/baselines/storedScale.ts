import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';

/** A scale as a file holds it. */
export interface StoredScale {
  /** float16, in units. */
  readonly bytes: Uint8Array;
  /** What a decoder makes of it. */
  readonly scale: number;
}

export function storeScale(scale: number, unit: number): StoredScale {
  const bytes = encodeFloat32(Float32Array.of(unit > 0 ? scale / unit : 0), 'F16');
  const [rounded] = decodeFloat32(new Uint8Array(bytes), 'F16');
  return { bytes, scale: Math.fround(unit * rounded!) };
}
