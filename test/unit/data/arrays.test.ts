import { describe, expect, it } from 'vitest';
import { arrays, loadArrays, type ArraysOptions } from '../../../src/data/arrays';
import { loadDataSet } from '../../../src/data/source';

describe('arrays', () => {
  it('takes nested numbers', () => {
    const { train } = loadArrays({
      train: {
        x: [
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          [
            [7, 8],
            [9, 10],
            [11, 12],
          ],
        ],
        y: [0.5, 1.5],
      },
    });
    expect(train).toEqual({
      size: 2,
      x: { shape: [3, 2], values: Float32Array.from({ length: 12 }, (_, i) => i + 1) },
      y: { shape: [], values: Float32Array.of(0.5, 1.5) },
    });
  });

  it('takes typed arrays as they are', () => {
    const values = Int32Array.from([3, 1, 4, 1]);
    const y = { values: Uint8Array.of(1, 0), shape: [2] };
    const { train } = loadArrays({ train: { x: { values, shape: [2, 2] }, y }, classes: 2 });
    expect(train.x).toEqual({ values, shape: [2] });
    expect(train.x.values).toBe(values);
    expect(train.y.classes).toBe(2);
  });

  it('comes from a function too, which may take its time', async () => {
    const source = (): Promise<ReturnType<typeof arrays>> =>
      Promise.resolve(arrays({ name: 'mine', train: { x: [[1]], y: [1] } }));
    expect((await loadDataSet(source, '.')).name).toBe('mine');
  });

  it('takes several targets by name, some of them classes', () => {
    const y = { kind: [0, 1], size: [0.5, 1.5] };
    const { train } = loadArrays({ train: { x: [[1], [2]], y }, classes: { kind: 2 } });
    expect(train.targets).toEqual({
      kind: { shape: [], values: Float32Array.of(0, 1), classes: 2 },
      size: { shape: [], values: Float32Array.of(0.5, 1.5) },
    });
    const both = loadArrays({ train: { x: [[1], [2]], y: { a: [0, 1], b: [2, 0] } }, classes: 3 });
    expect(Object.values(both.train.targets!).map(({ classes }) => classes)).toEqual([3, 3]);
  });

  it.each([
    ['a target of another length', { train: { x: [[1]], y: { left: [1], right: [1, 2] } } }],
    ['no target', { train: { x: [[1]], y: {} } }],
    ['other targets to test on', { train: { x: [[1]], y: { a: [1] } }, test: { x: [[1]], y: { b: [1] } } }],
    ['no examples', { train: { x: [], y: [] } }],
    ['lengths that differ', { train: { x: [[1], [2]], y: [1] } }],
    ['ragged rows', { train: { x: [[1], [2, 3]], y: [1, 2] } }],
    ['rows of different depth', { train: { x: [[1], 2], y: [1, 2] } }],
    ['something else than numbers', { train: { x: [['1']], y: [1] } }],
    ['a shape of another size', { train: { x: { values: new Float32Array(3), shape: [2, 2] }, y: [1, 2] } }],
    ['a class beyond the last', { train: { x: [[1]], y: [3] }, classes: 3 }],
    ['a class between two', { train: { x: [[1]], y: [0.5] }, classes: 3 }],
    ['one-hot rows where indices are announced', { train: { x: [[1]], y: [[0, 1]] }, classes: 2 }],
    ['test examples of another shape', { train: { x: [[1]], y: [1] }, test: { x: [[1, 2]], y: [1] } }],
  ] as [string, ArraysOptions][])('refuses %s', (_what, options) => {
    expect(() => loadArrays(options)).toThrow(expect.objectContaining({ code: 'data-malformed' }) as Error);
  });
});
