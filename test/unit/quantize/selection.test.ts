import { describe, expect, it } from 'vitest';
import type { DType, TensorEntry } from '../../../src/modelfile/model';
import { bitsToSpare, keepReason, matchesGlob } from '../../../src/quantize/selection';

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

describe('bits to spare', () => {
  const spare = (name: string, shape: readonly number[], others: readonly string[] = []) => {
    const tensor = entry(shape, 'F32', name);
    return bitsToSpare(tensor, { tensors: [tensor, ...others.map((n) => entry([64, 64], 'F32', n))] });
  };

  it.each([
    ['module/Embeddings_en', [8002, 256], []],
    ['bert.embeddings.word_embeddings.weight', [30522, 768], []],
    ['embedding_1/embeddings', [20000, 128], []],
    ['model.embed_tokens.weight', [32000, 4096], ['lm_head.weight']],
    ['transformer.wte.weight', [50257, 768], ['lm_head.weight']],
  ] as const)('a table of embeddings has one: %s', (name, shape, others) => {
    expect(spare(name, shape, others)).toBe(1);
  });

  it.each([
    ['encoder.layer.0.attention.query.weight', [768, 768], []],
    ['vocab_transform.weight', [768, 768], []],
    ['time_embedding.linear_1.weight', [1280, 320], []],
    ['embeddings_project.weight', [4096, 128], []],
    ['patch_embed.proj.weight', [768, 3, 16, 16], []],
    ['position_embeddings.weight', [512, 384], []],
    ['transformer.wte.weight', [50257, 768], []],
    ['model.embed_tokens.weight', [32000, 4096], ['model.norm.weight']],
    ['lm_head.weight', [32000, 4096], ['model.embed_tokens.weight']],
  ] as const)('others, and tables that are the last matrix too, have none: %s', (name, shape, others) => {
    expect(spare(name, shape, others)).toBe(0);
  });
});
