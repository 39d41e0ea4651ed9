import path from 'node:path';
import { expect, it } from 'vitest';
import { compareModels } from '../../../src/quantize/compare';
import type { Model } from '../../../src/modelfile/model';
import { openModel } from '../../../src/modelfile/open';
import { openNative } from '../../../src/quantize/native/open';
import { runProgram } from '../modelfile/bundledProcess';
import { FOUR_GIB, writeSyntheticModel } from '../modelfile/syntheticModel';
import { temporaryFolder } from '../modelfile/temporaryFolder';

it('quantizes a model of more than 4 GiB with less than 1 GB of memory', async () => {
  const folder = await temporaryFolder();
  const input = path.join(folder, 'model.safetensors');
  const output = path.join(folder, 'out.safetensors');
  await writeSyntheticModel(input, { ...FOUR_GIB, filled: 2 });
  const result = await runProgram('../quantize/quantizeLarge', [input, output], { folder });
  const { peak, bits, distortion } = result as { peak: number; bits: number; distortion: number };
  expect(peak).toBeLessThan(1e9);
  expect(bits).toBeCloseTo(4 + 20 / 1024, 3);
  expect(distortion).toBeLessThan(0.013);

  const [source, native] = [await openModel(input), await openNative(output)];
  expect(native.tensors.length).toBe(FOUR_GIB.tensors);
  const last = `layer.${FOUR_GIB.tensors - 1}.weight`;
  const only = (model: Model) => ({
    ...model,
    tensors: model.tensors.filter(({ name }) => name === last),
    readBytes: (name: string) => model.readBytes(name),
    readFloat32: (name: string) => model.readFloat32(name),
    close: () => model.close(),
  });
  const { changed } = await compareModels(only(source), only(native));
  expect(changed[0]!.distortion).toBeCloseTo(distortion, 3);
}, 240_000);
