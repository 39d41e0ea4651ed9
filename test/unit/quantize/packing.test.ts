import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { packCodes, packedLength, unpackCodes } from '../../../src/quantize/packing';

describe('packed codes', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of %i bits come back', (bits) => {
    const random = new Random(bits);
    for (const count of [0, 1, 7, 8, 9, 1000]) {
      const codes = Uint8Array.from({ length: count }, () => random.integer(2 ** bits));
      const packed = packCodes(codes, bits);
      expect(packed.length).toBe(packedLength(count, bits));
      expect(unpackCodes(packed, bits, count)).toEqual(codes);
    }
  });

  it('put the first code into the lowest bits', () => {
    expect([...packCodes(Uint8Array.of(1, 2, 3, 0), 2)]).toEqual([0b00111001]);
    expect([...packCodes(Uint8Array.of(0b101, 0b011, 0b110), 3)]).toEqual([0b10011101, 0b1]);
  });
});
