import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { decodeFloat32, encodeFloat32, isEncodable } from '../../../src/modelfile/dtype';
import { DTYPES } from '../../../src/modelfile/model';

function decode16(codes: Uint16Array<ArrayBuffer>, dtype: 'F16' | 'BF16'): Float32Array {
  return decodeFloat32(new Uint8Array(codes.buffer), dtype);
}

function encode16(values: Float32Array, dtype: 'F16' | 'BF16'): Uint16Array {
  return new Uint16Array(encodeFloat32(values, dtype).slice().buffer);
}

/** The float32 next to a positive one, `step` units away. */
function neighbour(x: number, step: 1 | -1): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = bits[0]! + step;
  return new Float32Array(bits.buffer)[0]!;
}

const ALL_CODES = Uint16Array.from({ length: 65536 }, (_, i) => i);

describe('known values', () => {
  it.each([
    [
      'F16',
      [0x00, 0x3c, 0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc, 0x00, 0x80],
      [1, 65504, 2 ** -24, -Infinity, -0],
    ],
    ['BF16', [0x80, 0x3f, 0x49, 0x40, 0x80, 0xff], [1, 3.140625, -Infinity]],
    ['F8_E4M3', [0x38, 0x7e, 0x01, 0x08, 0xfe], [1, 448, 2 ** -9, 2 ** -6, -448]],
    ['F8_E5M2', [0x3c, 0x7b, 0x01, 0x7c, 0x80], [1, 57344, 2 ** -16, Infinity, -0]],
    ['I8', [0xff, 0x7f], [-1, 127]],
    ['U8', [0xff], [255]],
    ['BOOL', [1, 0], [1, 0]],
    ['I16', [0xfe, 0xff], [-2]],
    ['U16', [0xfe, 0xff], [65534]],
    ['I32', [0xfd, 0xff, 0xff, 0xff], [-3]],
    ['U32', [0, 0, 0, 0x80], [2 ** 31]],
    ['I64', [0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-5]],
    ['I64', [0, 0, 0, 0, 1, 0, 0, 0], [2 ** 32]],
    ['U64', [0, 0, 0, 0, 0, 0, 0, 0x80], [2 ** 63]],
    ['F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
    ['F32', [0, 0, 0x20, 0x40], [2.5]],
  ] as const)('%s %j', (dtype, bytes, values) => {
    expect([...decodeFloat32(Uint8Array.from(bytes), dtype)]).toEqual(values);
  });

  it('keeps NaN where a type has it', () => {
    for (const [dtype, bytes] of [
      ['F16', [1, 0x7c]],
      ['BF16', [0xc0, 0x7f]],
      ['F8_E4M3', [0x7f]],
      ['F8_E4M3', [0xff]],
      ['F8_E5M2', [0x7d]],
    ] as const) {
      expect(decodeFloat32(Uint8Array.from(bytes), dtype)[0]).toBeNaN();
    }
  });
});

describe.each(['F16', 'BF16'] as const)('%s', (dtype) => {
  const infinity = dtype === 'F16' ? 0x7c00 : 0x7f80;

  it('encodes every value that it decodes to the same code', () => {
    const decoded = decode16(ALL_CODES, dtype);
    const encoded = encode16(decoded, dtype);
    for (let code = 0; code < 65536; code++) {
      if (Number.isNaN(decoded[code]!)) expect(decode16(encoded.slice(code, code + 1), dtype)[0]).toBeNaN();
      else if (encoded[code] !== code) expect.fail(`${code} became ${encoded[code]}`);
    }
  });

  it('rounds to the nearest, and to even in the middle of two values', () => {
    for (let code = 0; code < infinity - 1; code++) {
      const [low, high] = decode16(Uint16Array.of(code, code + 1), dtype) as unknown as [number, number];
      const middle = (low + high) / 2;
      if (Math.fround(middle) !== middle) continue;
      const inputs = Float32Array.of(middle, neighbour(middle, -1), neighbour(middle, 1));
      const even = code % 2 === 0 ? code : code + 1;
      const got = encode16(inputs, dtype);
      if (got[0] !== even || got[1] !== code || got[2] !== code + 1) {
        expect.fail(`between ${code} and ${code + 1}: ${got.join(', ')}`);
      }
      const negative = encode16(
        inputs.map((x) => -x),
        dtype,
      );
      expect(negative[0]! & 0x7fff).toBe(even);
    }
  });
});

it('overflows to infinity from half a unit above the largest float16', () => {
  expect([...encode16(Float32Array.of(65519.99, 65520, -1e30), 'F16')]).toEqual([0x7bff, 0x7c00, 0xfc00]);
});

it('encodes float64 exactly and float32 without a copy', () => {
  const random = new Random(3);
  const values = Float32Array.from({ length: 100 }, () => random.normal());
  expect([...decodeFloat32(new Uint8Array(encodeFloat32(values, 'F64')), 'F64')]).toEqual([...values]);
  expect(encodeFloat32(values, 'F32').buffer).toBe(values.buffer);
});

it('reads bytes at any offset of their buffer', () => {
  const bytes = new Uint8Array(new ArrayBuffer(13), 1, 12);
  bytes.set(new Uint8Array(Float32Array.of(1, 2, 3).buffer));
  expect([...decodeFloat32(bytes, 'F32')]).toEqual([1, 2, 3]);
});

it('offers to encode only floating-point types', () => {
  expect(DTYPES.filter(isEncodable)).toEqual(['F64', 'F32', 'F16', 'BF16']);
});
