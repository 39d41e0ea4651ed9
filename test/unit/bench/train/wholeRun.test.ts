import { describe, expect, it } from 'vitest';
import { costBeside, wholeRun, type Stretch } from '../../../../bench/train/run/wholeRun';

const stretch = (milliseconds: number, { engine = milliseconds, others = 0 } = {}): Stretch => ({
  milliseconds,
  engine,
  others,
});

describe('a run that was repeated', () => {
  it('is the sum of its stretches, each the median of its undisturbed times', () => {
    const run = wholeRun([
      [stretch(10, { engine: 9 }), stretch(90, { others: 1 }), stretch(12, { engine: 11 })],
      [stretch(100), stretch(102), stretch(500, { others: 0.5 })],
    ]);
    expect(run).toEqual({ milliseconds: 11 + 101, engine: 10 + 101, isClean: true });
  });

  it('says where a stretch was never undisturbed, and takes the least disturbed time of it', () => {
    const run = wholeRun([[stretch(30, { others: 1 }), stretch(20, { others: 0.5 })], [stretch(5)]]);
    expect(run).toEqual({ milliseconds: 25, engine: 25, isClean: false });
  });

  it('costs what it takes more than another, with the range of single repeats', () => {
    const off = [
      [stretch(100), stretch(100)],
      [stretch(100), stretch(100)],
    ];
    const on = [
      [stretch(100), stretch(120)],
      [stretch(120), stretch(120)],
    ];
    const { median, min, max } = costBeside(on, off);
    expect(median).toBeCloseTo(0.15, 9);
    expect([min, max]).toEqual([expect.closeTo(0.1, 9), expect.closeTo(0.2, 9)]);
  });
});
