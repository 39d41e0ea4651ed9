import { expect, it } from 'vitest';
import { crc32 } from '../../../src/math/crc32';
import { decodeTensor } from '../../../src/quantize/decodeTensor';
import { decoderOf } from '../../../src/quantize/decoders';
import { PackedTensorReader } from '../../../src/quantize/packedTensor';
import { bytes, floats } from './hex';
import { memorySource } from './methodContract';
import vectors from './nativeVectors.json';
import { bitsOf } from './samples';

it.each(vectors.tensors.map((vector, i) => [vector.method, i, vector] as const))(
  'reads a vector of %s of the published format (%i), to the bit',
  async (method, _, { packed, coding, shape, ...expected }) => {
    const reader = await PackedTensorReader.open('w', memorySource(bytes(packed)));
    const decoded = await decodeTensor(reader, { open: decoderOf(method), coding, shape });
    if (expected.values !== undefined) expect(bitsOf(decoded)).toEqual(bitsOf(floats(expected.values)));
    else expect(crc32(new Uint8Array(decoded.buffer))).toBe(expected.crc32);
  },
);
