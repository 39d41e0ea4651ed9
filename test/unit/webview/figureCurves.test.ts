import { expect, test } from 'vitest';
import type { StudyRow } from '../../../src/protocol/study';
import { picturesOf } from '../../../webview/ui/study/figureCurves';

function row(picture: string, curve: string, bits: number, ours: number | string): StudyRow {
  return { what: `${curve}, ${bits}`, ours, unit: 'dB', place: { picture, curve, bits } };
}

test('figures with a place make pictures, a curve a method, in the order of their first figure', () => {
  const pictures = picturesOf([
    { what: 'steps', ours: 30, unit: 'steps' },
    row('b', 'rtn', 4.2, 1),
    row('b', 'dependent', 3, 2),
    row('a', 'rtn', 2, 3),
    row('b', 'rtn', 2.2, 4),
    row('b', 'rtn', 3.2, NaN),
    row('b', 'rtn', 5.2, '> 9'),
  ]);
  expect(pictures.map(({ title }) => title)).toEqual(['b', 'a']);
  const [b] = pictures;
  expect(b!.unit).toBe('dB');
  expect(b!.originals).toEqual([]);
  expect(b!.curves.map(({ name, marks }) => [name, marks.map(({ bits, value }) => [bits, value])])).toEqual([
    [
      'rtn',
      [
        [2.2, 4],
        [4.2, 1],
      ],
    ],
    ['dependent', [[3, 2]]],
  ]);
  expect(picturesOf([])).toEqual([]);
});

test('what was not quantized is no curve but a line', () => {
  const [picture] = picturesOf([row('a', 'original', 32, 6.7), row('a', 'rtn', 4, 7)]);
  expect(picture!.originals).toEqual([{ curve: 'original', what: 'original, 32', bits: 32, value: 6.7 }]);
  expect(picture!.curves.map(({ name }) => name)).toEqual(['rtn']);
});
