import path from 'node:path';
import { expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { runProgram } from './bundledProcess';
import { FOUR_GIB, filledBlock, filledTensors, writeSyntheticModel } from './syntheticModel';
import { temporaryFolder } from './temporaryFolder';

it('copies a model of more than 4 GiB with less than 1 GB of memory', async () => {
  const folder = await temporaryFolder();
  const input = path.join(folder, 'model.safetensors');
  const output = path.join(folder, 'copy.safetensors');
  await writeSyntheticModel(input, FOUR_GIB);
  const { peak } = (await runProgram('copyModel', [input, output], { folder })) as { peak: number };
  expect(peak).toBeLessThan(1e9);

  const copy = await openModel(output);
  expect(copy.bytes).toBeGreaterThan(2 ** 32);
  for (const tensor of [...filledTensors(FOUR_GIB), 1]) {
    const values = await copy.readFloat32(`layer.${tensor}.weight`);
    const expected = tensor === 1 ? new Float32Array(2 ** 18) : filledBlock(FOUR_GIB, tensor);
    expect(values.length).toBe(FOUR_GIB.rows * FOUR_GIB.columns);
    for (const at of [0, values.length - expected.length]) {
      const part = values.subarray(at, at + expected.length);
      expect(
        Buffer.compare(
          Buffer.from(part.buffer, part.byteOffset, part.byteLength),
          Buffer.from(expected.buffer),
        ),
      ).toBe(0);
    }
  }
}, 240_000);
