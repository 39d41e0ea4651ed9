import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeFloat32 } from '../../../../src/modelfile/dtype';
import { createSafetensorsWriter } from '../../../../src/modelfile/write';
import type { LayerStatistics } from '../../../../src/quantize/calibration/statistics';
import { openStatistics } from '../../../../src/quantize/calibration/openStatistics';
import { StatisticsWriter } from '../../../../src/quantize/calibration/statisticsWriter';
import { temporaryFolder } from '../../modelfile/temporaryFolder';

const HESSIAN: LayerStatistics & { sensitivity: number } = {
  kind: 'hessian',
  inputs: 3,
  samples: 1000,
  outputsFirst: true,
  values: Float64Array.of(2, 0.5, -1, 0.5, 1, 0, -1, 0, 4),
  sensitivity: 12.5,
};
const LOOKUPS: LayerStatistics = {
  kind: 'lookups',
  inputs: 4,
  samples: 10,
  outputsFirst: false,
  values: Float64Array.of(0.25, 0.5, 0.125, 0.125),
};
const never = () => {
  throw new Error('The file says it itself.');
};

async function writeRaw(
  tensors: readonly { name: string; shape: readonly number[]; values: readonly number[] }[],
  metadata: Record<string, string> = {},
): Promise<string> {
  const file = path.join(await temporaryFolder(), 'statistics.safetensors');
  const entries = tensors.map(({ name, shape }) => ({ name, shape, dtype: 'F32' as const }));
  const writer = await createSafetensorsWriter(file, entries, metadata, { force: true });
  for (const { name, values } of tensors) {
    await writer.write(name, encodeFloat32(Float32Array.from(values), 'F32'));
  }
  await writer.finish();
  return file;
}

describe('a file of statistics', () => {
  it('gives back what was written', async () => {
    const file = path.join(await temporaryFolder(), 'statistics.safetensors');
    const tensor = (name: string) => ({ name, dtype: 'F32' as const, shape: [4, 4], size: 16, bytes: 64 });
    const writer = await StatisticsWriter.start(file, ['a/kernel', 'c', 'b'].map(tensor), {
      force: false,
      sources: [],
    });
    await writer.add('a/kernel', HESSIAN);
    await writer.add('b', LOOKUPS);
    expect(await writer.finish('3 lines of x.txt')).toBe(file);
    const data = await openStatistics(file, never);
    expect(data.source).toBe('3 lines of x.txt');
    expect([...data.layers.keys()].sort()).toEqual(['a/kernel', 'b']);
    expect(data.layers.get('a/kernel')).toEqual({
      kind: 'hessian',
      inputs: 3,
      samples: 1000,
      outputsFirst: true,
      sensitivity: 12.5,
    });
    expect(await data.read('a/kernel')).toEqual(HESSIAN);
    expect(await data.read('b')).toEqual(LOOKUPS);
    await data.close();
  });

  it('may come from another program, without metadata', async () => {
    const file = await writeRaw([{ name: 'w.moments', shape: [2], values: [1, 3] }]);
    const data = await openStatistics(file, (tensor) => tensor === 'w');
    expect(await data.read('w')).toEqual({
      kind: 'moments',
      inputs: 2,
      samples: 0,
      outputsFirst: true,
      values: Float64Array.of(1, 3),
    });
    expect(data.source).toBe('statistics.safetensors');
  });

  it.each([
    ['not symmetric', [2, 2], [1, 0.5, -0.5, 1], 'w.hessian'],
    ['with a negative diagonal', [2, 2], [1, 0, 0, -1], 'w.hessian'],
    ['with NaN off the diagonal', [2, 2], [1, NaN, NaN, 1], 'w.hessian'],
    ['with an infinite diagonal', [2, 2], [Infinity, 0, 0, 1], 'w.hessian'],
    ['negative', [2], [1, -1], 'w.moments'],
    ['NaN', [2], [1, NaN], 'w.lookups'],
  ] as const)('refuses numbers that are %s', async (_, shape, values, name) => {
    const data = await openStatistics(await writeRaw([{ name, shape, values }]), () => false);
    await expect(data.read('w')).rejects.toMatchObject({ code: 'statistics-damaged' });
  });

  it.each([
    ['a tensor of another name', [{ name: 'w', shape: [2], values: [1, 1] }], 'not-statistics'],
    [
      'a Hessian that is no square',
      [{ name: 'w.hessian', shape: [1, 2], values: [1, 1] }],
      'statistics-damaged',
    ],
    ['moments in a matrix', [{ name: 'w.moments', shape: [1, 1], values: [1] }], 'statistics-damaged'],
    [
      'two kinds for a layer',
      [
        { name: 'w.moments', shape: [1], values: [1] },
        { name: 'w.hessian', shape: [1, 1], values: [1] },
      ],
      'statistics-damaged',
    ],
  ] as const)('refuses %s', async (_, tensors, code) => {
    await expect(openStatistics(await writeRaw(tensors), () => false)).rejects.toMatchObject({ code });
  });

  it('refuses later versions, and metadata that lie', async () => {
    const tensors = [{ name: 'w.moments', shape: [1], values: [1] }];
    const open = async (metadata: Record<string, string>) =>
      openStatistics(await writeRaw(tensors, metadata), () => false);
    await expect(open({ 'weightroom.version': '2' })).rejects.toMatchObject({ code: 'statistics-version' });
    for (const layers of [
      'no json',
      '{}',
      '[{"name":"w"}]',
      '[{"name":"w","samples":-1,"outputsFirst":true}]',
      '[{"name":"w","samples":1,"outputsFirst":true,"sensitivity":-2}]',
    ]) {
      await expect(open({ 'weightroom.layers': layers })).rejects.toMatchObject({ code: 'malformed' });
    }
  });
});
