import { decodeFloat32, encodeFloat32, type EncodableDType } from '../modelfile/dtype';

/** Values as a tensor of type `dtype` holds them. */
export function roundTo(values: Float32Array, dtype: EncodableDType): Float32Array {
  if (dtype === 'F32' || dtype === 'F64') return values;
  return decodeFloat32(new Uint8Array(encodeFloat32(values, dtype)), dtype);
}
