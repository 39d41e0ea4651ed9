import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { compareModels } from '../../../src/quantize/compare';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { writeModel, type TestTensor } from './modelFiles';

function tensor(name: string, values: readonly number[], changes: Partial<TestTensor> = {}): TestTensor {
  return { name, dtype: 'F32', shape: [values.length], values: Float32Array.from(values), ...changes };
}

it('compares tensors by name: added, removed, changed with their errors, identical', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'b'));
  const a = await writeModel(folder, [
    tensor('same', [1, NaN, 3]),
    tensor('gone', [1]),
    tensor('reshaped', [1, 2]),
    tensor('changed', [3, 4, 0, 0]),
    tensor('narrower', [1, 2]),
    tensor('zeros', [0, 0]),
    tensor('spoilt', [1, 2]),
  ]);
  const b = await writeModel(path.join(folder, 'b'), [
    tensor('new', [1]),
    tensor('same', [1, NaN, 3]),
    tensor('reshaped', [1, 2], { shape: [2, 1] }),
    tensor('changed', [3, 4.5, 0, 0]),
    tensor('narrower', [1, 2], { dtype: 'F16' }),
    tensor('zeros', [0, 1]),
    tensor('spoilt', [NaN, 4]),
  ]);
  expect(await compareModels(a, b)).toEqual({
    added: ['new', 'reshaped'],
    removed: ['gone', 'reshaped'],
    changed: [
      { name: 'changed', shape: [4], mse: 0.0625, distortion: 0.01, snrDb: 20, maxAbs: 0.5 },
      { name: 'narrower', shape: [2], mse: 0, distortion: 0, snrDb: Infinity, maxAbs: 0 },
      { name: 'zeros', shape: [2], mse: 0.5, distortion: Infinity, snrDb: -Infinity, maxAbs: 1 },
      { name: 'spoilt', shape: [2], mse: NaN, distortion: NaN, snrDb: NaN, maxAbs: NaN },
    ],
    identical: 1,
  });
});
