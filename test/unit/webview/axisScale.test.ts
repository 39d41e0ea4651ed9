import { describe, expect, it } from 'vitest';
import { axisScale } from '../../../webview/ui/sweep/axisScale';

describe('axisScale', () => {
  it('places numbers by size, and by their logarithm over several powers of ten', () => {
    const linear = axisScale('width', [10, 20, 30]);
    expect([10, 20, 30].map(linear.place)).toEqual([0, 0.5, 1]);
    const rates = axisScale('rate', [1e-4, 1e-2, 1]);
    expect(rates.place(1e-2)).toBeCloseTo(0.5, 12);
    expect(rates.marks).toEqual([1e-4, 1e-2, 1]);
  });

  it('gives texts and flags a place each, and no place to what it has not seen', () => {
    const names = axisScale('optimizer.name', ['sgd', 'adam', 'sgd', 'momentum']);
    expect(['sgd', 'adam', 'momentum', 'lion'].map(names.place)).toEqual([0, 0.5, 1, undefined]);
    expect(axisScale('flag', [true]).place(true)).toBe(0.5);
  });

  it('has no place for what diverged', () => {
    const loss = axisScale('testLoss', [1, NaN, 3]);
    expect([loss.place(1), loss.place(3), loss.place(NaN), loss.place(undefined)]).toEqual([
      0,
      1,
      undefined,
      undefined,
    ]);
  });
});
