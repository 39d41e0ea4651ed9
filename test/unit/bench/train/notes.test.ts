import { expect, it } from 'vitest';
import {
  disturbanceNote,
  joinNotes,
  lossNote,
  ratioNote,
  refusalNote,
  targetOf,
} from '../../../../bench/train/notes';
import type { Verdict } from '../../../../bench/train/segments/segment';

const verdict = (median: number, isClean = true): Verdict => ({
  pace: { median, min: median, max: median },
  isClean,
  kept: 3,
  rejected: 5,
});

it('names the ratio and what is to be reached', () => {
  expect(ratioNote(verdict(3), verdict(4), 'PyTorch’s', 0.8)).toBe(
    '0.75 of PyTorch’s time; 0.80 is to be reached',
  );
});

it('gives neither ratio nor target where the machine was busy', () => {
  expect(ratioNote(verdict(3), verdict(4, false), 'PyTorch’s', 0.8)).toMatch(/^no ratio/);
  expect(ratioNote(verdict(3, false), verdict(4), 'PyTorch’s', 0.8)).toMatch(/^no ratio/);
  expect(targetOf(verdict(4, false), 0.8)).toEqual({});
  expect(targetOf(verdict(4), 0.5)).toEqual({ target: 2 });
});

it('names contestants whose figures were disturbed', () => {
  const text = disturbanceNote(
    new Map([
      ['ours', verdict(1)],
      ['theirs', verdict(2, false)],
    ]),
  );
  expect(text).toMatch(/busy.*theirs \(3 of 8\)/);
  expect(text).not.toContain('ours');
  expect(disturbanceNote(new Map([['ours', verdict(1)]]))).toBeUndefined();
});

it('shows the last losses side by side', () => {
  const ready = new Map([
    ['ours', { losses: [2.3, 2.12345678] }],
    ['theirs', { losses: [2.3, 2.5] }],
  ]);
  expect(lossNote(ready, 'step')).toBe('loss in step 2: ours 2.12346, theirs 2.50000');
  expect(lossNote(ready, 'step', 'another padding')).toMatch(/ \(another padding\)$/);
});

it('tells why a contestant ran eagerly', () => {
  const ready = new Map([
    ['ours', { losses: [], refusal: 'the step reads a tensor back' }],
    ['theirs', { losses: [] }],
  ]);
  expect(refusalNote(ready)).toBe('ours ran eagerly: the step reads a tensor back');
  expect(refusalNote(new Map())).toBeUndefined();
});

it('puts notes on lines of their own, without those that are not there', () => {
  expect(
    joinNotes('a', undefined, 'b')
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['a', 'b']);
});
