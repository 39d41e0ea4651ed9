import { describe, expect, it } from 'vitest';
import {
  encodePackedTensor,
  packedTensorLength,
  PackedTensorReader,
} from '../../../src/quantize/packedTensor';
import { bytes } from './hex';
import { memorySource } from './methodContract';

const PACKED = {
  head: Uint8Array.of(1, 2, 3),
  chunks: [Uint8Array.of(10, 11), new Uint8Array(0), Uint8Array.of(20)],
};

describe('the bytes of a packed tensor', () => {
  it('are a table, the head and the chunks', () => {
    const encoded = encodePackedTensor(PACKED);
    // CRC-32 of 01 02 03, of 0a 0b, of nothing and of 14, as zip computes them.
    expect(Buffer.from(encoded).toString('hex')).toBe(
      '03000000' +
        '03000000' +
        '1d80bc55' +
        '02000000fd23e42c' +
        '0000000000000000' +
        '01000000' +
        'f03bd8c8' +
        '010203' +
        '0a0b' +
        '14',
    );
    expect(packedTensorLength(PACKED)).toBe(encoded.length);
  });

  it('are read in their order, without a gap', async () => {
    const encoded = encodePackedTensor(PACKED);
    let reached = 0;
    const reader = await PackedTensorReader.open('w', {
      length: encoded.length,
      read(begin, length) {
        expect(begin).toBe(reached);
        reached += length;
        return Promise.resolve(encoded.slice(begin, reached));
      },
    });
    expect(reader.chunkCount).toBe(3);
    expect(await reader.readHead()).toEqual(PACKED.head);
    for (const [i, chunk] of PACKED.chunks.entries()) expect(await reader.readChunk(i)).toEqual(chunk);
    expect(reached).toBe(encoded.length);
  });

  it('are refused where they are too few, too many, or announce the impossible', async () => {
    const encoded = encodePackedTensor(PACKED);
    const open = (changed: Uint8Array) => PackedTensorReader.open('w', memorySource(changed));
    for (let length = 0; length < encoded.length; length++) {
      await expect(open(encoded.slice(0, length))).rejects.toMatchObject({ code: 'native-damaged' });
    }
    await expect(open(Uint8Array.from([...encoded, 0]))).rejects.toThrow('w has 1 bytes too many');
    await expect(open(bytes('ffffffffffffffff00000000'))).rejects.toThrow('w is cut short');
  });

  it('are checked piece by piece: what is damaged is named, the rest is read', async () => {
    const encoded = encodePackedTensor(PACKED);
    encoded[encoded.length - 1]! ^= 64;
    const reader = await PackedTensorReader.open('w', memorySource(encoded));
    expect(await reader.readHead()).toEqual(PACKED.head);
    expect(await reader.readChunk(0)).toEqual(PACKED.chunks[0]);
    await expect(reader.readChunk(2)).rejects.toThrow('w, chunk 2: the checksum is another');
    encoded[12 + 3 * 8]! ^= 1;
    await expect(reader.readHead()).rejects.toThrow('w, its head: the checksum is another');
  });
});
