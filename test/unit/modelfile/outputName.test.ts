import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { defaultOutput } from '../../../src/modelfile/outputName';

it.each([
  ['model.safetensors', { bits: 4, form: 'portable' }, 'model.w4.safetensors'],
  ['model.safetensors', { bits: 4, form: 'native' }, 'model.w4.native.safetensors'],
  ['model.safetensors', { bits: 2.5, form: 'portable' }, 'model.w2.5.safetensors'],
  ['model.safetensors', { bits: 7 / 3, form: 'native' }, 'model.w2.333.native.safetensors'],
  ['model.safetensors', { bits: 4, size: 12_345_678, form: 'native' }, 'model.12.3MB.native.safetensors'],
  ['model.safetensors', { bits: 4, size: 999_999, form: 'native' }, 'model.1000kB.native.safetensors'],
  ['model.safetensors.index.json', { bits: 3, form: 'portable' }, 'model.w3.safetensors.index.json'],
  ['model.safetensors.index.json', { bits: 3, form: 'native' }, 'model.w3.native.safetensors'],
  ['model-00001-of-00002.safetensors', { bits: 4, form: 'portable' }, 'model-00001-of-00002.w4.safetensors'],
  ['model.json', { bits: 8, form: 'portable' }, 'model.w8.json'],
  ['model.json', { bits: 2.5, form: 'native' }, 'model.w2.5.native.json'],
  ['MODEL.SAFETENSORS', { bits: 4, form: 'portable' }, 'MODEL.w4.SAFETENSORS'],
] as const)('%s, %j: %s', (input, target, output) => {
  const folder = path.join('some.where', 'models');
  expect(defaultOutput(path.join(folder, input), target)).toBe(path.join(folder, output));
});

it('gives names that the menus of the editor know as models', () => {
  const manifest = readFileSync(path.resolve('package.json'), 'utf8');
  const { contributes } = JSON.parse(manifest) as {
    contributes: { menus: { 'explorer/context': readonly { when: string }[] } };
  };
  for (const { when } of contributes.menus['explorer/context']) {
    const pattern = new RegExp(/=~ \/(.*)\/ &&/.exec(when)![1]!);
    for (const form of ['portable', 'native'] as const) {
      for (const input of ['model.safetensors', 'a.safetensors.index.json', 'model.json']) {
        for (const target of [{ bits: 4 }, { bits: 2.25 }, { bits: 4, size: 4_500_000 }]) {
          expect(defaultOutput(input, { ...target, form })).toMatch(pattern);
        }
      }
    }
    for (const name of ['model.json', 'model.w4-2.json', 'model.w2.5-3.native.json'])
      expect(name).toMatch(pattern);
    for (const name of ['package.json', 'mymodel.json', 'model.weights.json', 'model.w4.bin']) {
      expect(name).not.toMatch(pattern);
    }
  }
});
