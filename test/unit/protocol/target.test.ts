import { describe, expect, it } from 'vitest';
import { readByteCount } from '../../../src/protocol/byteCount';
import {
  METHOD_OFFERS,
  QUANTIZATION_METHODS,
  type QuantizationMethodId,
} from '../../../src/protocol/jobSpec';
import { readTarget, takesTypedTarget } from '../../../src/protocol/target';

const offering = (what: (offer: (typeof METHOD_OFFERS)[QuantizationMethodId]) => boolean) =>
  QUANTIZATION_METHODS.filter((id) => what(METHOD_OFFERS[id]));

describe('bytes as people write them', () => {
  it.each([
    ['12000000', 12_000_000],
    ['12MB', 12_000_000],
    [' 3 mb ', 3_000_000],
    ['11.5 MiB', 12_058_624],
    ['500kB', 500_000],
  ])('%s', (text, bytes) => {
    expect(readByteCount(text)).toBe(bytes);
  });

  it.each(['', '0', 'MB', '3 parsecs', '-3 MB', '1e9 B', '3,5 MB'])('“%s” is none', (text) => {
    expect(readByteCount(text)).toBeUndefined();
  });
});

describe('a typed target', () => {
  it('is bits that the method offers', () => {
    expect(readTarget('4', 'rtn', 4)).toEqual({ bits: 4 });
    expect(readTarget(' 3 bits', 'rtn', 4)).toEqual({ bits: 3 });
    for (const text of ['2.5', '9', 'four', '', '4 4']) expect(readTarget(text, 'rtn', 4)).toBeUndefined();
  });

  it('is a real number, with a point or a comma, where the method takes a range', () => {
    for (const method of offering(({ bits }) => !('whole' in bits))) {
      expect(readTarget('2.5', method, 4)).toEqual({ bits: 2.5 });
      expect(readTarget('2,5 bits', method, 4)).toEqual({ bits: 2.5 });
      expect(readTarget('8.5', method, 4)).toBeUndefined();
      expect(takesTypedTarget(method)).toBe(true);
    }
  });

  it('is a size where the method takes one, and keeps the bits beside it', () => {
    for (const method of QUANTIZATION_METHODS) {
      const sized = { bits: 4, size: 3_000_000 };
      expect(readTarget('3 MB', method, 4)).toEqual(METHOD_OFFERS[method].size ? sized : undefined);
    }
  });

  it('is taken from a list by methods of whole codes', () => {
    for (const method of offering(({ bits, size }) => 'whole' in bits && !size))
      expect(takesTypedTarget(method)).toBe(false);
  });
});
