import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openModel } from '../../../src/modelfile/open';
import { tensorStatistics } from '../../../src/modelfile/statistics';
import { temporaryFolder } from './temporaryFolder';

const EXAMPLE = 'examples/models/tiny-encoder.safetensors';

it('is what its script makes, to the byte', async () => {
  const file = path.join(await temporaryFolder(), 'again.safetensors');
  execFileSync(process.execPath, ['scripts/makeExampleModel.mjs', file]);
  expect(Buffer.compare(await readFile(file), await readFile(EXAMPLE))).toBe(0);
});

it('opens, and has heavy tails', async () => {
  const model = await openModel(EXAMPLE);
  expect(model.tensors.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
    'embedding.weight 512x64',
    'norm.weight 64',
    'norm.bias 64',
    'feedForward.in.weight 256x64',
    'feedForward.in.bias 256',
    'feedForward.out.weight 64x256',
    'feedForward.out.bias 64',
  ]);
  const { mean, kurtosis, outlierShare } = tensorStatistics(await model.readFloat32('embedding.weight'));
  expect(Math.abs(mean)).toBeLessThan(0.001);
  expect(kurtosis).toBeGreaterThan(2);
  expect(outlierShare).toBeGreaterThan(0);
});
