import path from 'node:path';
import { expect, it } from 'vitest';
import { defaultOutput } from '../../../src/modelfile/outputName';

it.each([
  ['model.safetensors', 4, 'portable', 'model.w4.safetensors'],
  ['model.safetensors', 4, 'native', 'model.w4.native.safetensors'],
  ['model.safetensors.index.json', 3, 'portable', 'model.w3.safetensors.index.json'],
  ['model.safetensors.index.json', 3, 'native', 'model.w3.native.safetensors'],
  ['model-00001-of-00002.safetensors', 4, 'portable', 'model-00001-of-00002.w4.safetensors'],
  ['model.json', 8, 'portable', 'model.w8.json'],
  ['model.json', 8, 'native', 'model.w8.native.safetensors'],
  ['MODEL.SAFETENSORS', 4, 'portable', 'MODEL.w4.SAFETENSORS'],
] as const)('%s at %i bits, %s: %s', (input, bits, form, output) => {
  const folder = path.join('some.where', 'models');
  expect(defaultOutput(path.join(folder, input), { bits, form })).toBe(path.join(folder, output));
});
