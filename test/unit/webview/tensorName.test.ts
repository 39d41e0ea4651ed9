import { expect, test } from 'vitest';
import { nameLines } from '../../../webview/ui/quantization/tensorName';

test('a name that fits stays on one line', () => {
  expect(nameLines('model.layers.10.self_attn.q_proj.weight')).toEqual([
    'model.layers.10.self_attn.q_proj.weight',
  ]);
});

test('a long name is cut between its parts, and only its start is left out', () => {
  const stack = 'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack';
  expect(nameLines(`${stack}/Layer_1/TransformerLayer/FFN/conv2/Tensordot/Reshape_1`)).toEqual([
    '…onaTransformer/Encode/TransformerStack/Layer_1/',
    'TransformerLayer/FFN/conv2/Tensordot/Reshape_1',
  ]);
});

test.each([49, 96, 97, 500])('a name of %i letters without parts is cut all the same', (length) => {
  const name = 'x'.repeat(length - 1) + 'y';
  const [place, end] = nameLines(name);
  expect(end).toHaveLength(48);
  expect(name.endsWith(end!)).toBe(true);
  expect(place.length).toBeLessThanOrEqual(48);
});
