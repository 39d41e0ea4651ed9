import { expect, test } from 'vitest';
import type { TensorResult } from '../../../src/protocol/events';
import { sortTensors, TENSOR_COLUMNS } from '../../../webview/ui/quantization/tensorColumns';
import { lossTiles } from '../../../webview/ui/quantization/lossTiles';
import { quantizeSpec } from '../../../src/protocol/jobSpec';
import { modelOf } from '../../../webview/ui/runModel';

function tensor(name: string, change: Partial<TensorResult> = {}): TensorResult {
  return {
    name,
    shape: [4, 8],
    action: 'quantized',
    bits: 4.5,
    mse: 0.01,
    distortion: 0.1,
    snrDb: 10,
    iterations: 12,
    ...change,
  };
}

const KEPT = tensor('bias', {
  action: 'kept',
  reason: 'one-dimensional',
  distortion: 0,
  snrDb: Infinity,
  mse: 0,
});
const TENSORS = [tensor('layer_10', { distortion: 0.3 }), KEPT, tensor('layer_2', { shape: [100] }), KEPT];

const names = (column: string, descending: boolean) =>
  sortTensors(TENSORS, { column, descending }).map(({ name }) => name);

test('tensors are sorted by number, by name as people count, and by size', () => {
  expect(names('distortion', true)).toEqual(['layer_10', 'layer_2', 'bias', 'bias']);
  expect(names('name', false)).toEqual(['bias', 'bias', 'layer_2', 'layer_10']);
  expect(names('shape', true)[0]).toBe('layer_2');
  expect(names('snr', true).slice(0, 2)).toEqual(['bias', 'bias']);
  expect(sortTensors(TENSORS, { descending: false })).toBe(TENSORS);
});

test('a kept tensor says why, and has no error', () => {
  const texts = TENSOR_COLUMNS.map(({ text }) => text(KEPT));
  expect(texts).toContain('kept: one-dimensional');
  expect(TENSOR_COLUMNS.find(({ id }) => id === 'snr')!.text(KEPT)).toBe('');
});

test('before a run is over, its distortion is that of all weights so far', () => {
  const small = tensor('small', { shape: [10], mse: 0.02, distortion: 0.2 });
  const large = tensor('large', { shape: [30], mse: 0.01, distortion: 0.05 });
  const model = modelOf({
    summary: {
      id: 'r',
      job: 'quantize',
      name: 'r',
      state: 'running',
      started: 0,
      seconds: 1,
      last: {},
      folder: '/r',
    },
    spec: quantizeSpec({ input: '/m', output: '/o', form: 'native' }),
    series: [],
    tensors: [small, large, KEPT],
    messages: [],
  });
  // Errors 10·0.02 + 30·0.01 over squares 10·0.1 + 30·0.2.
  const value = (label: string) => lossTiles(model).find((tile) => tile.label === label)?.value;
  expect(value('Distortion')).toBe('0.0714');
  expect(value('Signal to noise')).toBe('11.5 dB');
  expect(value('Tensors')).toBe('2');
});
