import { expect, test } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDecibels,
  formatDuration,
  formatFixed,
  formatNumber,
  formatPercent,
  formatShape,
  formatTick,
  metricLabel,
} from '../../../webview/ui/format';

test.each([
  [0, '0'],
  [60_000, '60,000'],
  [-1000, '−1,000'],
  [0.07130001, '0.07130'],
  [-2.5, '−2.500'],
  [1.23456e-5, '1.235e−5'],
  [4.2e7 + 0.5, '4.200e7'],
  [Number.NaN, 'NaN'],
  [Infinity, '∞'],
  [-Infinity, '−∞'],
])('number %f is %s', (value, text) => expect(formatNumber(value)).toBe(text));

test.each([
  [0.5, '0.5'],
  [0.30000000000000004, '0.3'],
  [1e-5, '1e−5'],
  [2.5e-8, '2.5e−8'],
  [100, '100'],
  [5000, '5,000'],
  [2e6, '2e6'],
])('tick %f is %s', (value, text) => expect(formatTick(value)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [28_311_552, '28.3 MB'],
  [999_900_000, '1.00 GB'],
  [7_000_000_000, '7.00 GB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0.4249, '0.42 s'],
  [12.34, '12.3 s'],
  [59.99, '1 min 00 s'],
  [125, '2 min 05 s'],
  [3599.7, '1 h 00 min'],
  [3780, '1 h 03 min'],
  [100 * 3600, '4 d 04 h'],
  [Infinity, '–'],
])('%f seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test.each([
  [40, '40 s'],
  [90, '1:30'],
  [3720, '1:02:00'],
])('%f seconds on an axis are %s', (seconds, text) => expect(formatClock(seconds)).toBe(text));

test('a run is at 100 % only when it is done', () => {
  expect(formatPercent(0.9999)).toBe('99 %');
  expect(formatPercent(1)).toBe('100 %');
});

test('counts, fixed digits, decibels and shapes', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
  expect(formatFixed(-1876.5, 2)).toBe('−1,876.50');
  expect(formatDecibels(19.83)).toBe('19.8 dB');
  expect(formatDecibels(Infinity)).toBe('∞ dB');
  expect(formatShape([512, 2048])).toBe('512 × 2048');
  expect(formatShape([])).toBe('1');
});

test('a metric is named for people; the name of its run stays', () => {
  expect(metricLabel('trainLoss')).toBe('train loss');
  expect(metricLabel('top5_accuracy')).toBe('top5 accuracy');
  expect(metricLabel('MNIST, Adam: testLoss')).toBe('MNIST, Adam: test loss');
});
