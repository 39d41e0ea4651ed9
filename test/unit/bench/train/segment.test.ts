import { describe, expect, it } from 'vitest';
import { judge, undisturbed, type Segment } from '../../../../bench/train/segments/segment';

const segment = (pace: number, { own = 2, others = 0 } = {}): Segment => ({ pace, own, others });

describe('a segment', () => {
  it('counts where others used less than a twelfth of a core', () => {
    const segments = [segment(1), segment(2, { others: 0.07 }), segment(3, { others: 0.09 })];
    expect(undisturbed(segments).map(({ pace }) => pace)).toEqual([1, 2]);
  });

  it('does not count where the contestant got fewer cores than it usually uses', () => {
    const segments = [segment(1), segment(2, { own: 1.9 }), segment(3), segment(4, { own: 1.5 })];
    expect(undisturbed(segments).map(({ pace }) => pace)).toEqual([1, 2, 3]);
  });

  it('of a contestant that uses little counts too', () => {
    const segments = [segment(1, { own: 0.2 }), segment(2, { own: 0.21 })];
    expect(undisturbed(segments)).toEqual(segments);
  });
});

describe('the verdict', () => {
  it('is the median of undisturbed segments', () => {
    const segments = [segment(5), segment(90, { others: 1 }), segment(7), segment(6)];
    expect(judge(segments, 3)).toEqual({
      pace: { median: 6, min: 5, max: 7 },
      isClean: true,
      kept: 3,
      rejected: 1,
    });
  });

  it('says so where it is made of the segments that were disturbed least', () => {
    const segments = [segment(9, { others: 1.5 }), segment(5), segment(8, { others: 0.5 })];
    expect(judge(segments, 2)).toEqual({
      pace: { median: 6.5, min: 5, max: 8 },
      isClean: false,
      kept: 2,
      rejected: 1,
    });
  });
});
