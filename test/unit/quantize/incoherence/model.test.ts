import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareModels } from '../../../../src/quantize/compare';
import { decodeElements } from '../../../../src/quantize/decodeTensor';
import { decoderOf } from '../../../../src/quantize/decoders';
import { threadPool } from '../../../../src/quantize/kernels/threadPool';
import { openNative } from '../../../../src/quantize/native/open';
import { encodePackedTensor, PackedTensorReader } from '../../../../src/quantize/packedTensor';
import { quantizationMethod } from '../../../../src/quantize/registry';
import { openModel } from '../../../../src/modelfile/open';
import { temporaryFolder } from '../../modelfile/temporaryFolder';
import { memorySource, quantizeOptions } from '../methodContract';
import { quantizeSpec, quantizeWhole, writeModel, type TestTensor } from '../modelFiles';
import { bitsOf, distortion, normalSample } from '../samples';
import { STRUCTURED } from '../structured';

const TENSORS: readonly TestTensor[] = [
  { name: 'large', dtype: 'F32', shape: [300, 384], values: STRUCTURED['outlier-channel']!(300, 384) },
  { name: 'half', dtype: 'F16', shape: [64, 65], values: normalSample(4160, 3) },
  { name: 'kernel', dtype: 'BF16', shape: [3, 3, 64, 32], values: normalSample(18432, 5) },
  { name: 'double', dtype: 'F64', shape: [1, 1, 67, 71], values: normalSample(4757, 6) },
  { name: 'zeros', dtype: 'F32', shape: [64, 64], values: new Float32Array(4096) },
  { name: 'norm', dtype: 'F32', shape: [96], values: normalSample(96, 1) },
];

describe.each(['trellis', 'kashin-search'] as const)('a model quantized by %s', (method) => {
  it.each([2, 3, 4])('at %i bits is the same in both forms', async (bits) => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, TENSORS);
    const portable = path.join(folder, 'portable.safetensors');
    const native = path.join(folder, 'native.safetensors');
    const spec = { method, bits, preset: 'fast' } as const;
    const { summary } = await quantizeWhole(source, quantizeSpec(source.path, portable, spec));
    await quantizeWhole(source, quantizeSpec(source.path, native, { ...spec, form: 'native' }));

    const limit = { 2: 0.085, 3: 0.029, 4: 0.0095 }[bits]!;
    expect(summary.distortion).toBeLessThan(limit);
    expect(summary.bitsPerWeight.weights - bits).toBeLessThan(0.12);
    const copy = await openModel(portable);
    const packed = await openNative(native);
    expect(packed.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      source.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(await compareModels(copy, packed)).toEqual({
      added: [],
      removed: [],
      changed: [],
      identical: TENSORS.length,
    });
    if (method === 'trellis') {
      // The table stands in the file once, and the list names it by number.
      const { metadata } = await openModel(native);
      expect((JSON.parse(metadata['weightroom.texts']!) as string[]).length).toBe(1);
      expect(metadata['weightroom.tensors']!.split('"table":{"text":0}').length).toBe(TENSORS.length);
    }
    expect((await packed.readFloat32('zeros')).every((value) => value === 0)).toBe(true);
  });

  it('gives the same bytes on threads as without', async () => {
    const x = normalSample(400 * 512, 1);
    const options = quantizeOptions({ bits: 2, groupSize: 256, preset: 'fast' });
    const pool = threadPool(2);
    try {
      const [threaded, inline] = await Promise.all([
        quantizationMethod(method).quantize(x, [400, 512], { ...options, pool }),
        quantizationMethod(method).quantize(x, [400, 512], options),
      ]);
      expect(threaded.packed.chunks.length).toBe(4);
      expect(threaded).toEqual(inline);
    } finally {
      await pool.dispose();
    }
  });

  it('gives the same for the same seed; for another other codes, and hardly another distortion', async () => {
    const x = STRUCTURED['outlier-channel']!(64, 512);
    const options = quantizeOptions({ bits: 3, groupSize: 256, preset: 'fast' });
    const [first, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => quantizationMethod(method).quantize(x, [64, 512], { ...options, seed })),
    );
    expect(same).toEqual(first);
    expect(other!.packed.chunks[0]).not.toEqual(first!.packed.chunks[0]);
    expect(Math.abs(Math.log(distortion(x, other!.values) / distortion(x, first!.values)))).toBeLessThan(0.1);
  });

  it.each([
    ['constant', () => 0.3],
    ['alternating', (i: number) => (i % 2 === 0 ? 1 : -1)],
    ['growing', (i: number) => i],
    ['single', (i: number) => (i === 77 ? -2 : 0)],
  ] as const)('codes %s weights no worse than twice as badly as noise', async (_, weight) => {
    const options = quantizeOptions({ bits: 2, groupSize: 256, preset: 'fast' });
    for (const [rows, columns] of [
      [64, 64],
      [1, 4096],
      [43, 120],
      [127, 33],
    ] as const) {
      const [x, noise] = [
        Float32Array.from({ length: rows * columns }, (_, i) => weight(i)),
        normalSample(rows * columns, 1),
      ];
      const [hard, easy] = await Promise.all(
        [x, noise].map(async (weights) =>
          distortion(
            weights,
            (await quantizationMethod(method).quantize(weights, [rows, columns], options)).values,
          ),
        ),
      );
      expect(hard! / easy!).toBeLessThan(2);
    }
  });

  it('lets some rows be read without the chunks of the others', async () => {
    const x = normalSample(400 * 512, 1);
    const options = quantizeOptions({ bits: 2, groupSize: 256, preset: 'fast' });
    const { packed, coding, values } = await quantizationMethod(method).quantize(x, [400, 512], options);
    const bytes = encodePackedTensor(packed);
    const whole = memorySource(bytes);
    let read = 0;
    const reader = await PackedTensorReader.open('w', {
      length: bytes.length,
      read: (begin, length) => {
        read += length;
        return whole.read(begin, length);
      },
    });
    const range = { start: 130 * 512, end: 250 * 512 };
    const rows = await decodeElements(reader, { open: decoderOf(method), coding, shape: [400, 512] }, range);
    expect(bitsOf(rows)).toEqual(bitsOf(values.slice(range.start, range.end)));
    expect(read).toBeLessThan(bytes.length / 3);
  });
});
