import { numberAt, stringAt, type JsonObject } from '../../protocol/validate';
import { incoherentDecoder } from '../incoherence/decoder';
import type { UnitDecoder } from '../incoherence/unitCode';
import { damaged } from '../damage';
import { packedLength, unpackCodes } from '../packing';
import { numberTable, type TrellisCode } from './code';
import { decodeTable } from './tableText';

/**
 * Decodes `trellis`. The codes of a chunk are a plane of the bits that enter the window, one a weight, and a
 * plane of the buckets, K − 1 bits a weight. The window is all zeros before the first weight.
 */
export const openTrellis = incoherentDecoder((coding) => trellisDecoder(codeOf(coding)));

/** The number of an entry then has 16 bits. */
const MOST_WINDOW_BITS = 13;

/** @throws UserError `native-damaged` where the table has another size, `malformed` */
function codeOf(coding: JsonObject): TrellisCode {
  const integer = { integer: true };
  const code = decodeTable({
    bits: numberAt(coding['bits'], 'bits', { min: 2, max: 4, ...integer }),
    windowBits: numberAt(coding['windowBits'], 'windowBits', { min: 2, max: MOST_WINDOW_BITS, ...integer }),
    scale: numberAt(coding['scale'], 'scale', { min: 1, max: 2 ** 15, ...integer }),
    table: stringAt(coding['table'], 'table'),
  });
  if (code === undefined) throw damaged('its table has another size');
  return code;
}

export function trellisDecoder(code: TrellisCode): UnitDecoder {
  const bucketBits = code.bits - 1;
  const table = numberTable(code);
  return {
    byteLength: (count) => packedLength(count, 1) + packedLength(count, bucketBits),
    decode(bytes, count) {
      const plane = packedLength(count, 1);
      const entering = unpackCodes(bytes.subarray(0, plane), 1, count);
      const buckets = unpackCodes(bytes.subarray(plane), bucketBits, count);
      const mask = 2 ** code.windowBits - 1;
      const numbers = new Float32Array(count);
      let window = 0;
      for (let i = 0; i < count; i++) {
        window = ((window << 1) | entering[i]!) & mask;
        numbers[i] = table[(buckets[i]! << code.windowBits) | window]!;
      }
      return numbers;
    },
  };
}
