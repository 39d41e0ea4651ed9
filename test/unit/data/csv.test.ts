import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { csv, loadCsv, type CsvOptions } from '../../../src/data/csv';
import { csvRows } from '../../../src/data/csvRows';
import { temporaryFolder } from '../modelfile/temporaryFolder';

async function load(text: string, options: Partial<CsvOptions> = {}) {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'table.csv'), text);
  return loadCsv({ file: 'table.csv', target: 'y', testShare: 0, ...options }, folder);
}

describe('csvRows', () => {
  it('reads quotes, separators and line ends within them, and every kind of line end', () => {
    const text = '\uFEFFa,b\r\n"x, ""y""\nz",2\n\n,\rlast,';
    expect([...csvRows(text)]).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x, "y"\nz', '2'] },
      { line: 5, cells: ['', ''] },
      { line: 6, cells: ['last', ''] },
    ]);
  });
});

describe('csv', () => {
  it('is plain data', () => {
    expect(csv({ file: 'a.csv', target: 'y' })).toEqual({ source: 'csv', file: 'a.csv', target: 'y' });
  });

  it('takes numbers as they are, in the order of the file', async () => {
    const data = await load('y,a,b\n1,2,3\n-4,5e-1,6\n');
    expect(data).toEqual({
      name: 'table.csv',
      train: {
        size: 2,
        x: { values: Float32Array.of(2, 3, 0.5, 6), shape: [2] },
        y: { values: Float32Array.of(1, -4), shape: [] },
      },
    });
  });

  it('makes classes of texts, and of numbers where it is told to', async () => {
    const named = await load('a;y\n1;iris\n2;aster\n3;iris\n', { separator: ';' });
    expect(named.train.y).toEqual({ values: Int32Array.of(1, 0, 1), shape: [], classes: 2 });
    const counted = await load('a,y\n1,2\n2,0\n', { classes: 3 });
    expect(counted.train.y).toEqual({ values: Int32Array.of(2, 0), shape: [], classes: 3 });
  });

  it('divides rows by seed, and scales all by what the training rows say', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},7,${i}`).join('\n');
    const { train, test } = await load(`a,same,y\n${rows}\n`, { testShare: 0.25, standardize: true });
    expect([train.size, test!.size]).toEqual([75, 25]);
    const tested = Array.from(test!.y.values);
    expect(new Set([...train.y.values, ...tested]).size).toBe(100);
    expect(tested).toEqual([...tested].sort((a, b) => a - b));
    const column = Array.from({ length: 75 }, (_, i) => train.x.values[2 * i]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / 75;
    expect(mean).toBeCloseTo(0, 6);
    expect(column.reduce((sum, value) => sum + value ** 2, 0) / 75).toBeCloseTo(1, 5);
    // The same line through training and test rows: a row's number gives its place.
    const [a, b] = [train.y.values[0]!, train.y.values[1]!];
    const slope = (column[1]! - column[0]!) / (b - a);
    expect(test!.x.values[0]).toBeCloseTo(column[0]! + slope * (tested[0]! - a), 5);
    expect(train.x.values[1]).toBe(0);
    const other = await load(`a,same,y\n${rows}\n`, { testShare: 0.25, splitSeed: 2 });
    expect(Array.from(other.test!.y.values)).not.toEqual(tested);
  });

  it.each([
    ['a,y\n1,2\n3\n', {}, 'line 3 has 1 cells, the heading 2'],
    ['a,y\n1,2\nx,3\n', {}, 'line 3, column "a": "x" is no number'],
    ['a,y\n1,\n', {}, 'line 2, column "y" is empty'],
    ['a,y\n"1,2\n', {}, 'line 2: a quote is not closed'],
    ['a,y\n"1"2,2\n', {}, 'line 2: something follows a closing quote'],
    ['a,b\n1,2\n', {}, 'no column "y"'],
    ['a,y\n1,2\n', { inputs: ['c'] }, 'no column "c"'],
    ['y\n1\n', {}, 'no column is left'],
    ['a,y\n', {}, 'no rows'],
    ['', {}, 'it is empty'],
    ['a,y\n1,5\n', { classes: 3 }, 'holds "5", no class from 0 to 2'],
  ] as const)('says where %j with %j is wrong', async (text, options, message) => {
    await expect(load(text, options)).rejects.toMatchObject({
      code: 'csv-malformed',
      message: expect.stringContaining(message) as string,
    });
  });

  it('says that a file is not there, or too short to test on', async () => {
    const absent = loadCsv({ file: 'no.csv', target: 'y' }, await temporaryFolder());
    await expect(absent).rejects.toMatchObject({ code: 'csv-not-found' });
    await expect(load('a,y\n1,2\n', { testShare: 0.5 })).rejects.toMatchObject({ code: 'data-malformed' });
  });
});
