import { expect, test } from 'vitest';
import { lines, readOverrides, wholeNumber } from '../../../webview/launcher/formValues';

test('an empty field is nothing, a number is a number', () => {
  expect(wholeNumber('  ', 'Epochs', 1, 10)).toBeUndefined();
  expect(wholeNumber(' 7 ', 'Epochs', 1, 10)).toBe(7);
});

test.each(['0', '11', '2.5', 'many', '1e400', '-1'])('%s epochs are refused, by name', (text) => {
  expect(() => wholeNumber(text, 'Epochs', 1, 10)).toThrow(`Epochs should be a whole number from 1 to 10`);
});

test('settings keep their types', () => {
  expect(
    readOverrides('optimizer.learningRate = 1e-3\n\n shuffle=false\nname=a=b\nlayers[0].units=12'),
  ).toEqual({
    'optimizer.learningRate': 0.001,
    shuffle: false,
    name: 'a=b',
    'layers[0].units': 12,
  });
  expect(readOverrides('')).toEqual({});
});

test.each(['fast', '=1', 'a b=1', 'x='])('“%s” is no setting', (line) => {
  expect(() => readOverrides(line)).toThrow('is not a setting');
});

test('blank lines are no lines', () => {
  expect(lines(' a \n\n b\n')).toEqual(['a', 'b']);
});
