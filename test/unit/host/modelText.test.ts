import { describe, expect, it } from 'vitest';
import { comparisonText, modelText } from '../../../src/host/models/modelText';
import { textTable } from '../../../src/host/models/textTable';
import type { Model } from '../../../src/modelfile/model';

function model(tensors: Model['tensors'], metadata: Model['metadata'] = {}): Model {
  const unread = () => Promise.reject(new Error('only the header may be read'));
  return {
    format: 'safetensors',
    path: '/models/tiny.safetensors',
    files: ['/models/tiny.safetensors'],
    bytes: 4_200_000,
    metadata,
    tensors,
    readBytes: unread,
    readFloat32: unread,
    close: () => Promise.resolve(),
  };
}

describe('textTable', () => {
  it('aligns texts at the left and numbers at the right', () => {
    const columns = [
      { title: 'name', align: 'left' },
      { title: 'n', align: 'right' },
    ] as const;
    const table = textTable(columns, [
      ['a', '1'],
      ['longer', '100'],
    ]);
    expect(table.split('\n')).toEqual(['name      n', '------  ---', 'a         1', 'longer  100']);
  });
});

describe('modelText', () => {
  it('says what the header says, a line a tensor', () => {
    const text = modelText(
      model(
        [
          { name: 'w', dtype: 'F32', shape: [1000, 1024], size: 1_024_000, bytes: 4_096_000 },
          { name: 'scale', dtype: 'F16', shape: [], size: 1, bytes: 2 },
        ],
        { format: 'pt' },
      ),
      'en',
    );
    expect(text).toContain('safetensors, 4.2 MB, 1,024,001 parameters, 2 tensors');
    expect(text).toContain('format: pt');
    expect(text).toMatch(/^F32 +1,024,000 +4\.1 MB +1000 x 1024 +w$/m);
    expect(text).toMatch(/^F16 +1 +2 B +scalar +scale$/m);
  });

  it('keeps hostile names and metadata on one line each', () => {
    const text = modelText(
      model([{ name: 'a\nfake  F32\u202e', dtype: 'F32', shape: [1], size: 1, bytes: 4 }], {
        k: 'x'.repeat(1e5),
      }),
      'en',
    );
    expect(text.split('\n')).toHaveLength(9);
    expect(text).not.toContain('\u202e');
    expect(text.length).toBeLessThan(1000);
  });
});

describe('comparisonText', () => {
  const difference = (name: string, distortion: number) => ({
    name,
    shape: [2, 3],
    mse: distortion / 10,
    distortion,
    snrDb: -10 * Math.log10(distortion),
    maxAbs: 1,
  });

  it('puts the worst tensor first, and names what only one of them has', () => {
    const text = comparisonText('/a', '/b', {
      added: ['new'],
      removed: [],
      changed: [difference('good', 0.001), difference('bad', 0.1)],
      identical: 3,
    });
    expect(text).toContain('2 tensors differ, 3 identical, 1 added, 0 removed');
    expect(text.indexOf('bad')).toBeLessThan(text.indexOf('good'));
    expect(text).toContain('only in the second:\n  new');
    expect(text).not.toContain('only in the first');
  });
});
