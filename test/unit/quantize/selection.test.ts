import { describe, expect, it } from 'vitest';
import type { DType, TensorEntry } from '../../../src/modelfile/model';
import { keepReason, matchesGlob } from '../../../src/quantize/selection';

function entry(shape: readonly number[], dtype: DType = 'F32', name = 'layer.0.weight'): TensorEntry {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return { name, dtype, shape, size, bytes: 4 * size };
}

describe('which tensors are quantized', () => {
  it.each([
    [[64, 64]],
    [[1, 1, 512, 1536]],
    [[3, 3, 64, 128]],
    [[64, 128, 3, 3]],
    [[5, 5, 16, 32]],
    [[8002, 256]],
  ])('matrices and kernels: %j', (shape) => {
    for (const dtype of ['F32', 'F16', 'BF16', 'F64'] as const) {
      expect(keepReason(entry(shape, dtype), [])).toBeUndefined();
    }
  });

  it.each([
    [entry([100_000]), /no matrix/],
    [entry([1, 100_000, 1]), /no matrix/],
    [entry([31, 4000]), /no matrix/],
    [entry([63, 64]), /fewer than 4096/],
    [entry([]), /fewer than 4096/],
    [entry([0, 4096]), /fewer than 4096/],
    [entry([64, 64], 'I32'), /I32/],
    [entry([64, 64], 'BOOL'), /BOOL/],
    [entry([64, 64], 'F8_E4M3'), /8 bits already/],
  ])('others are kept, with the reason', (tensor, reason) => {
    expect(keepReason(tensor, [])).toMatch(reason);
  });

  it('keeps names that match a pattern', () => {
    expect(keepReason(entry([64, 64], 'F32', 'model.embed_tokens.weight'), ['*.bias', '*embed*'])).toMatch(
      /\*embed\*/,
    );
    expect(keepReason(entry([64, 64]), ['*.bias', 'lm_head'])).toBeUndefined();
  });
});

describe('patterns of names', () => {
  it.each([
    ['module/Embeddings_en', '*Embed*', true],
    ['module/Embeddings_en', 'module/*', true],
    ['module/Embeddings_en', 'Embeddings_en', false],
    ['a.b', 'a?b', true],
    ['a.b', 'a.b?', false],
    ['layers.10.w', 'layers.*.w', true],
    ['aXbXc', '*X*c', true],
    ['aXbXd', '*X*c', false],
    ['(a+)[b]', '(a+)[b]', true],
    ['', '*', true],
    ['', '?', false],
  ])('%s by %s: %s', (name, glob, expected) => {
    expect(matchesGlob(name, glob)).toBe(expected);
  });

  it('does not take exponential time', () => {
    expect(matchesGlob('a'.repeat(4000), `${'*a'.repeat(200)}b`)).toBe(false);
  });
});
