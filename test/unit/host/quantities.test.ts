import { describe, expect, it } from 'vitest';
import { byteCount, duration, measured, percent, secondsLeft } from '../../../src/host/quantities';

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [0.44, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [3599.6, '1 h 0 min'],
    [7500, '2 h 5 min'],
  ])('%f seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('secondsLeft', () => {
  it('extends what was done so far', () => {
    expect(secondsLeft(0.25, 10)).toBe(30);
  });

  it('says nothing before there is something to extend, or when nothing is left', () => {
    expect(secondsLeft(0, 10)).toBeUndefined();
    expect(secondsLeft(0.5, 0.5)).toBeUndefined();
    expect(secondsLeft(1, 10)).toBeUndefined();
  });
});

describe('percent', () => {
  it('says 100 only of what is done', () => {
    expect(percent(0.9999)).toBe('99 %');
    expect(percent(1)).toBe('100 %');
    expect(percent(-0.1)).toBe('0 %');
  });
});

describe('byteCount', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [12_345_678, '12.3 MB'],
    [4e9, '4 GB'],
    [5e15, '5,000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(byteCount(bytes, 'en')).toBe(text);
  });

  it('uses the decimal sign of the language', () => {
    expect(byteCount(12_345_678, 'de')).toBe('12,3 MB');
  });
});

describe('measured', () => {
  it.each([
    [0, '0'],
    [0.97314, '0.9731'],
    [-12.3456, '-12.35'],
    [1.2e-7, '1.200e-7'],
    [123_456_789, '1.235e+8'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
  ])('%d is %s', (value, text) => {
    expect(measured(value)).toBe(text);
  });
});
