import { describe, expect, it } from 'vitest';
import type { TensorEntry } from '../../../../src/modelfile/model';
import { cutIntoPasses } from '../../../../src/quantize/calibration/passes';

function matrix(name: string, rows: number, columns: number): TensorEntry {
  const size = rows * columns;
  return { name, dtype: 'F32', shape: [rows, columns], size, bytes: 4 * size };
}

const names = (passes: readonly (readonly TensorEntry[])[]) =>
  passes.map((pass) => pass.map(({ name }) => name));

describe('passes over the samples', () => {
  /** 8 bytes for each product of two inputs, and 2048 vectors of inputs in float32. */
  const bytes = (inputs: number) => 8 * inputs ** 2 + 4 * 2048 * inputs;

  it('hold as many layers as fit, in their order', () => {
    const tensors = ['a', 'b', 'c', 'd', 'e'].map((name) => matrix(name, 512, 128));
    expect(names(cutIntoPasses(tensors, 2 * bytes(512)))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(names(cutIntoPasses(tensors, 5 * bytes(512)))).toEqual([['a', 'b', 'c', 'd', 'e']]);
    expect(cutIntoPasses([], 1)).toEqual([]);
  });

  it('count the longer side, for either may be the inputs', () => {
    const tensors = [matrix('a', 64, 2048), matrix('b', 2048, 64), matrix('c', 64, 64)];
    expect(names(cutIntoPasses(tensors, bytes(2048)))).toEqual([['a'], ['b'], ['c']]);
    expect(names(cutIntoPasses(tensors, bytes(2048) + bytes(64)))).toEqual([['a'], ['b', 'c']]);
  });

  it('hold one layer at least, and of very many inputs only their squares', () => {
    const table = matrix('table', 100_000, 64);
    expect(names(cutIntoPasses([table, table], 1))).toEqual([['table'], ['table']]);
    const one = 8 * 100_000 + 4 * 2048 * 100_000;
    expect(names(cutIntoPasses([table, table], 2 * one))).toEqual([['table', 'table']]);
  });

  it('never hold more than the limit, whatever the model', () => {
    const layers = Array.from({ length: 32 }, (_, i) => [
      matrix(`${i}/query`, 4096, 4096),
      matrix(`${i}/expand`, 4096, 8192),
    ]).flat();
    const limit = 2 ** 30;
    const passes = cutIntoPasses(layers, limit);
    expect(passes.flat()).toEqual(layers);
    for (const pass of passes) {
      const held = pass.reduce((sum, { shape }) => sum + bytes(Math.max(...shape)), 0);
      expect(held).toBeLessThanOrEqual(limit);
    }
  });
});
