/**
 * Element types: their widths, and their conversions from and to float32. Files are little-endian, and
 * so is every machine that Node.js runs on in practice: bytes are viewed, not swapped.
 */
import type { DType } from './model';

/** Bytes an element. */
// prettier-ignore
export const DTYPE_BYTES: Readonly<Record<DType, number>> = {
  F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1,
  I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1,
};

/** The types that {@link encodeFloat32} writes. */
export const ENCODABLE_DTYPES = ['F64', 'F32', 'F16', 'BF16'] as const satisfies readonly DType[];
export type EncodableDType = (typeof ENCODABLE_DTYPES)[number];

export function isEncodable(dtype: DType): dtype is EncodableDType {
  return (ENCODABLE_DTYPES as readonly DType[]).includes(dtype);
}

/**
 * Elements of any type as float32: exact for the 16-bit and smaller ones, else rounded to nearest even.
 * Float32 itself is a view of `bytes` where they are aligned. 64-bit integers are rounded to float64 first.
 */
export function decodeFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: DType): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset } = aligned(bytes, DTYPE_BYTES[dtype]);
  const size = bytes.length / DTYPE_BYTES[dtype];
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, size);
    case 'F64':
      return new Float32Array(new Float64Array(buffer, byteOffset, size));
    case 'F16':
      return lookUp(new Uint16Array(buffer, byteOffset, size), float16Table());
    case 'BF16':
      return decodeBfloat16(new Uint16Array(buffer, byteOffset, size));
    case 'F8_E4M3':
      return lookUp(bytes, float8e4m3Table());
    case 'F8_E5M2':
      return lookUp(bytes, float8e5m2Table());
    case 'I64':
      return decodeInt64(new Uint32Array(buffer, byteOffset, 2 * size), true);
    case 'U64':
      return decodeInt64(new Uint32Array(buffer, byteOffset, 2 * size), false);
    case 'I32':
      return new Float32Array(new Int32Array(buffer, byteOffset, size));
    case 'U32':
      return new Float32Array(new Uint32Array(buffer, byteOffset, size));
    case 'I16':
      return new Float32Array(new Int16Array(buffer, byteOffset, size));
    case 'U16':
      return new Float32Array(new Uint16Array(buffer, byteOffset, size));
    case 'I8':
      return new Float32Array(new Int8Array(buffer, byteOffset, size));
    case 'U8':
    case 'BOOL':
      return new Float32Array(bytes);
  }
}

/**
 * Float32 values as the bytes of a floating-point type, rounded to nearest even; what is too large for
 * float16 becomes infinite and NaN stays NaN. Float32 itself is a view of `values`.
 */
export function encodeFloat32(values: Float32Array, dtype: EncodableDType): Uint8Array {
  const encoded = encode(values, dtype);
  return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function encode(values: Float32Array, dtype: EncodableDType): ArrayBufferView {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  switch (dtype) {
    case 'F32':
      return values;
    case 'F64':
      return new Float64Array(values);
    case 'F16':
      return encodeFloat16(bits);
    case 'BF16':
      return encodeBfloat16(bits);
  }
}

/** The same bytes at an offset that is a multiple of `width`: themselves or a copy. */
function aligned(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % width === 0 ? bytes : bytes.slice();
}

function lookUp(codes: Uint8Array | Uint16Array, table: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i]!]!;
  return values;
}

/** bfloat16 is the upper half of a float32. */
function decodeBfloat16(codes: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) bits[i] = codes[i]! << 16;
  return new Float32Array(bits.buffer);
}

function decodeInt64(halves: Uint32Array, signed: boolean): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length / 2);
  for (let i = 0; i < values.length; i++) {
    const high = signed ? halves[2 * i + 1]! | 0 : halves[2 * i + 1]!;
    values[i] = high * 4294967296 + halves[2 * i]!;
  }
  return values;
}

function encodeBfloat16(bits: Uint32Array): Uint16Array {
  const codes = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    const isNaN = (b & 0x7fffffff) > 0x7f800000;
    // Adding half a unit, less one where the kept part is even, carries as round-to-nearest-even does.
    codes[i] = isNaN ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
  return codes;
}

const FLOAT32_OF_65536 = 0x47800000;
const FLOAT32_OF_2_TO_MINUS_14 = 0x38800000;
const FLOAT32_OF_2_TO_MINUS_25 = 0x33000000;

function encodeFloat16(bits: Uint32Array): Uint16Array {
  const codes = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    const sign = (b >>> 16) & 0x8000;
    const magnitude = b & 0x7fffffff;
    let code: number;
    if (magnitude > 0x7f800000) {
      code = 0x7e00;
    } else if (magnitude >= FLOAT32_OF_65536) {
      code = 0x7c00;
    } else if (magnitude >= FLOAT32_OF_2_TO_MINUS_14) {
      // Moves the exponent's bias from 127 to 15 and rounds; 65520 and above carry into infinity.
      code = (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    } else if (magnitude > FLOAT32_OF_2_TO_MINUS_25) {
      // Subnormal: the significand in units of 2^-24, the bits shifted out decide the rounding.
      const shift = 126 - (magnitude >>> 23);
      const significand = (magnitude & 0x7fffff) | 0x800000;
      const kept = significand >>> shift;
      const rest = significand & ((1 << shift) - 1);
      const half = 1 << (shift - 1);
      code = kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
    } else {
      code = 0;
    }
    codes[i] = sign | code;
  }
  return codes;
}

const float16Table = once(() => tabulate(65536, (code) => smallFloat(code, 5, 10)));

/** E5M2 is the upper half of a float16. */
const float8e5m2Table = once(() => tabulate(256, (code) => smallFloat(code, 5, 2)));

/** E4M3 has no infinities: its largest exponent is used for numbers up to 448, and NaN is all ones. */
const float8e4m3Table = once(() =>
  tabulate(256, (code) => ((code & 0x7f) === 0x7f ? NaN : smallFloat(code, 4, 3, false))),
);

/** The value of a code of one sign bit, `e` exponent bits and `m` significand bits, as IEEE 754 has it. */
function smallFloat(code: number, e: number, m: number, specials = true): number {
  const sign = code >>> (e + m) === 1 ? -1 : 1;
  const exponent = (code >>> m) & (2 ** e - 1);
  const significand = (code & (2 ** m - 1)) / 2 ** m;
  const bias = 2 ** (e - 1) - 1;
  if (specials && exponent === 2 ** e - 1) return significand === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * significand * 2 ** (1 - bias)
    : sign * (1 + significand) * 2 ** (exponent - bias);
}

function tabulate(size: number, value: (code: number) => number): Float32Array {
  return Float32Array.from({ length: size }, (_, code) => value(code));
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
