import { describe, expect, it } from 'vitest';
import type { TensorEntry } from '../../../src/modelfile/model';
import { bitsToSpare } from '../../../src/quantize/bitsToSpare';

function entry(name: string, shape: readonly number[]): TensorEntry {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return { name, dtype: 'F32', shape, size, bytes: 4 * size };
}

/** In a model with one tensor of half and one of twice the weights, and one a name beside. */
function spare(name: string, shape: readonly number[], others: readonly string[] = []): number {
  const tensor = entry(name, shape);
  const half = entry('half', [tensor.size / 128, 64]);
  const twice = entry('twice', [tensor.size / 32, 64]);
  const beside = others.map((other) => entry(other, [4]));
  return bitsToSpare(tensor, { tensors: [half, tensor, twice, ...beside] });
}

describe('bits to spare', () => {
  it('are a quarter for each doubling of a tensor, from the median on', () => {
    const tensors = [64, 128, 256, 512, 8192].map((rows) => entry(`w${rows}`, [rows, 256]));
    const bias = entry('bias', [256]);
    const spares = tensors.map((tensor) => bitsToSpare(tensor, { tensors: [...tensors, bias, bias, bias] }));
    expect(spares).toEqual([-0.5, -0.25, 0, 0.25, 1.25]);
  });

  it.each([
    ['module/Embeddings_en', [8002, 256], []],
    ['bert.embeddings.word_embeddings.weight', [30522, 768], []],
    ['embedding_1/embeddings', [20000, 128], []],
    ['model.embed_tokens.weight', [32000, 4096], ['lm_head.weight']],
    ['transformer.wte.weight', [50257, 768], ['lm_head.weight']],
  ] as const)('are one for a table of embeddings: %s', (name, shape, others) => {
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
  ] as const)('are none for others, and tables that are the last matrix too: %s', (name, shape, others) => {
    expect(spare(name, shape, others)).toBe(0);
  });

  it('are none for the size of the last matrix of a language model', () => {
    const layer = entry('layer.0.mlp.weight', [1024, 1024]);
    const head = entry('lm_head.weight', [32768, 1024]);
    const table = entry('model.embed_tokens.weight', [32768, 1024]);
    expect(bitsToSpare(head, { tensors: [layer, layer, layer, head, table] })).toBe(0);
    expect(bitsToSpare(table, { tensors: [layer, layer, layer, head, table] })).toBe(1 + 5 / 4);
    expect(bitsToSpare(table, { tensors: [layer, layer, layer, table] })).toBe(0);
  });
});
