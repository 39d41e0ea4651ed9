import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32 } from '../../../src/math/crc32';
import { Random } from '../../../src/math/random';

it('has the check value of CRC-32', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

it('is that of zlib for every length and alignment', () => {
  const random = new Random(1);
  const bytes = Uint8Array.from({ length: 300 }, () => random.integer(256));
  for (let start = 0; start < 8; start++) {
    for (let end = start; end <= bytes.length; end += 7) {
      expect(crc32(bytes.subarray(start, end))).toBe(zlibCrc32(bytes.subarray(start, end)));
    }
  }
});
